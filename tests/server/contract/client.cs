// A client of the service written in .NET: HttpWebRequest, a typed DataTable, DataSet.ReadXml.
// client.exe API-URL TOKEN MAPKEY DOCUMENT ACCOUNT schema|plain|request
// prints RecordCount, ErrorCount, Status and the error rows, one line each, as DataSet.ReadXml finds them.
using System;
using System.Data;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Xml;

static class Client
{
    static DataTable MakeJournal(string document, string account)
    {
        var table = new DataTable("Journal");
        table.Columns.Add("PostingDate", typeof(DateTime));
        table.Columns.Add("DocumentNo", typeof(string));
        table.Columns.Add("AccountNo", typeof(string));
        table.Columns.Add("Description", typeof(string));
        table.Columns.Add("Debit", typeof(decimal));
        table.Columns.Add("Credit", typeof(double));
        table.Columns.Add("Checked", typeof(bool));
        var day = new DateTime(2026, 1, 31);
        table.Rows.Add(day, document, account, "Größe < 5 & more", 1234.50m, DBNull.Value, true);
        table.Rows.Add(day, document, "2100", DBNull.Value, DBNull.Value, 1234.5, false);
        return table;
    }

    static string Body(DataTable table, string form)
    {
        var set = new DataSet("NewDataSet");
        set.Tables.Add(table);
        var writer = new StringWriter();
        set.WriteXml(writer, form == "plain" ? XmlWriteMode.IgnoreSchema : XmlWriteMode.WriteSchema);
        return form == "request" ? "<RequestData><Variables/><Xml>" + writer + "</Xml></RequestData>" : writer.ToString();
    }

    static string Post(string url, string body)
    {
        var request = (HttpWebRequest)WebRequest.Create(url);
        request.Method = "POST";
        request.ContentType = "text/xml; charset=utf-8";
        request.Accept = "application/xml";
        var data = Encoding.UTF8.GetBytes(body);
        request.ContentLength = data.Length;
        using (var stream = request.GetRequestStream()) stream.Write(data, 0, data.Length);
        using (var answer = request.GetResponse())
        using (var reader = new StreamReader(answer.GetResponseStream(), Encoding.UTF8)) return reader.ReadToEnd();
    }

    static void Main(string[] args)
    {
        var url = args[0] + "/RunMapDataTableWithErrors?token=" + Uri.EscapeDataString(args[1]) + "&mapKey=" + args[2];
        var answer = new XmlDocument();
        answer.LoadXml(Post(url, Body(MakeJournal(args[3], args[4]), args[5])));
        var run = answer.DocumentElement;
        Console.OutputEncoding = new UTF8Encoding(false);
        Console.WriteLine(run["RecordCount"].InnerText + " " + run["ErrorCount"].InnerText + " " + run["Status"].InnerText);
        if (run["Errors"].InnerText == "") return;
        var errors = new DataSet();
        errors.ReadXml(new StringReader(run["Errors"].InnerText));
        var table = errors.Tables["ErrorTable"];
        Console.WriteLine(string.Join("|", table.Columns.Cast<DataColumn>().Select(c => c.ColumnName)));
        foreach (DataRow row in table.Rows)
            Console.WriteLine(string.Join("|", row.ItemArray.Select(v => v == DBNull.Value ? "NULL" : v.ToString())));
    }
}
