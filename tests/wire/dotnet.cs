// The other side for the wire's tests: .NET's own names and data tables. Texts travel as Base64 of UTF-16.
// names IN OUT          per line of IN: EncodeLocalName and DecodeName of it
// read FOLDER           per *.xml: DataSet.ReadXml, its tables into *.tables
// write FOLDER          per *.tables: DataTable.WriteXml with schema (*.schema.xml) and without (*.plain.xml)
using System;
using System.Data;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml;

static class DotNet
{
    // Byte for byte: an Encoding would replace half characters.
    static string Pack(string text)
    {
        var bytes = new byte[text.Length * 2];
        Buffer.BlockCopy(text.ToCharArray(), 0, bytes, 0, bytes.Length);
        return "=" + Convert.ToBase64String(bytes);
    }

    static string Unpack(string code)
    {
        var bytes = Convert.FromBase64String(code.Substring(1));
        var characters = new char[bytes.Length / 2];
        Buffer.BlockCopy(bytes, 0, characters, 0, bytes.Length);
        return new string(characters);
    }

    static string PackValue(object value) { return value is DBNull ? "-" : Pack(value.ToString()); }

    static void Names(string source, string target)
    {
        File.WriteAllLines(target, File.ReadAllLines(source).Select(Unpack).Select(
            name => Pack(XmlConvert.EncodeLocalName(name)) + " " + Pack(XmlConvert.DecodeName(name))));
    }

    static void Read(string path)
    {
        using (var target = new StreamWriter(Path.ChangeExtension(path, ".tables")))
        using (var data = new DataSet())
        {
            try { data.ReadXml(path); }
            catch (Exception error) { target.WriteLine("E " + Pack(error.Message)); return; }
            foreach (DataTable table in data.Tables)
            {
                target.WriteLine("T " + Pack(table.TableName));
                target.WriteLine("C " + string.Join(" ", table.Columns.Cast<DataColumn>().Select(c => Pack(c.ColumnName))));
                foreach (DataRow row in table.Rows)
                    target.WriteLine("R " + string.Join(" ", row.ItemArray.Select(PackValue)));
            }
        }
    }

    static void Write(string path)
    {
        using (var table = new DataTable())
        {
            foreach (var line in File.ReadAllLines(path))
            {
                var parts = line.Substring(2).Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
                if (line[0] == 'T') table.TableName = Unpack(parts[0]);
                if (line[0] == 'C') foreach (var name in parts) table.Columns.Add(Unpack(name), typeof(string));
                if (line[0] == 'R')
                    table.Rows.Add(parts.Select(p => p == "-" ? (object)DBNull.Value : Unpack(p)).ToArray());
            }
            table.WriteXml(Path.ChangeExtension(path, ".schema.xml"), XmlWriteMode.WriteSchema);
            table.WriteXml(Path.ChangeExtension(path, ".plain.xml"), XmlWriteMode.IgnoreSchema);
        }
    }

    static void Main(string[] args)
    {
        if (args[0] == "names") Names(args[1], args[2]);
        if (args[0] == "read") foreach (var path in Directory.GetFiles(args[1], "*.xml")) Read(path);
        if (args[0] == "write") foreach (var path in Directory.GetFiles(args[1], "*.tables")) Write(path);
    }
}
