-- Contoso's small ERP. Run once on a new database; plain SQL that SQLite and PostgreSQL take alike.

CREATE TABLE terms (code VARCHAR(10) PRIMARY KEY, description VARCHAR(60) NOT NULL, days INTEGER NOT NULL);
INSERT INTO terms VALUES ('NET10', 'Ten days net', 10), ('NET30', 'Thirty days net', 30), ('NET45', 'Forty-five days net', 45), ('NET60', 'Sixty days net', 60), ('COD', 'Cash on delivery', 0), ('PREPAID', 'Paid in advance', 0);

CREATE TABLE states (code VARCHAR(2) PRIMARY KEY, name VARCHAR(40) NOT NULL);
INSERT INTO states VALUES ('AK', 'Alaska'), ('AL', 'Alabama'), ('AR', 'Arkansas'), ('AZ', 'Arizona'), ('CA', 'California'), ('CO', 'Colorado'), ('CT', 'Connecticut'), ('DC', 'District of Columbia'), ('DE', 'Delaware'), ('FL', 'Florida'), ('GA', 'Georgia'), ('HI', 'Hawaii'), ('IA', 'Iowa'), ('ID', 'Idaho'), ('IL', 'Illinois'), ('IN', 'Indiana'), ('KS', 'Kansas'), ('KY', 'Kentucky'), ('LA', 'Louisiana'), ('MA', 'Massachusetts'), ('MD', 'Maryland'), ('ME', 'Maine'), ('MI', 'Michigan'), ('MN', 'Minnesota'), ('MO', 'Missouri'), ('MS', 'Mississippi'), ('MT', 'Montana'), ('NC', 'North Carolina'), ('ND', 'North Dakota'), ('NE', 'Nebraska'), ('NH', 'New Hampshire'), ('NJ', 'New Jersey'), ('NM', 'New Mexico'), ('NV', 'Nevada'), ('NY', 'New York'), ('OH', 'Ohio'), ('OK', 'Oklahoma'), ('OR', 'Oregon'), ('PA', 'Pennsylvania'), ('RI', 'Rhode Island'), ('SC', 'South Carolina'), ('SD', 'South Dakota'), ('TN', 'Tennessee'), ('TX', 'Texas'), ('UT', 'Utah'), ('VA', 'Virginia'), ('VT', 'Vermont'), ('WA', 'Washington'), ('WI', 'Wisconsin'), ('WV', 'West Virginia'), ('WY', 'Wyoming');

CREATE TABLE customers (customer_number VARCHAR(15) PRIMARY KEY, name VARCHAR(60) NOT NULL, address VARCHAR(80), city VARCHAR(40), state VARCHAR(2), zip_code VARCHAR(10), email VARCHAR(80), phone VARCHAR(30), terms_code VARCHAR(10), credit_limit NUMERIC(12, 2), customer_since DATE);
INSERT INTO customers VALUES ('AARON01', 'Aaron Fitz Electrical', '12 Harbor Road', 'Seattle', 'WA', '98101', 'orders@fitz.example.com', '206-555-0101', 'NET30', 25000, '2014-03-01'), ('BAKER02', 'Baker & Daughters', '4 Mill Lane', 'Portland', 'OR', '97201', 'office@baker.example.com', '503-555-0102', 'NET30', 8000, '2016-07-15'), ('CEDAR03', 'Cedar Point Supply', '230 Pine Street', 'Spokane', 'WA', '99201', 'ap@cedar.example.com', '509-555-0103', 'NET45', 15000, '2019-01-10'), ('DELTA04', 'Delta Marine Parts', '7 Dock Street', 'Oakland', 'CA', '94607', 'buy@delta.example.com', '510-555-0104', 'COD', 0, '2021-11-30'), ('EAGLE05', 'Eagle Office Systems', '88 Market Square', 'Boise', 'ID', '83702', 'accounts@eagle.example.com', '208-555-0105', 'NET60', 40000, '2012-05-20');

CREATE TABLE accounts (account_no VARCHAR(10) PRIMARY KEY, description VARCHAR(60) NOT NULL, active INTEGER NOT NULL);
INSERT INTO accounts VALUES ('1000', 'Cash', 1), ('1100', 'Accounts receivable', 1), ('1200', 'Inventory', 1), ('1500', 'Equipment', 1), ('2000', 'Accounts payable', 1), ('2100', 'Accrued wages', 1), ('2200', 'Sales tax payable', 1), ('3000', 'Retained earnings', 1), ('4000', 'Sales', 1), ('4100', 'Service revenue', 1), ('5000', 'Cost of goods sold', 1), ('6000', 'Wages', 1), ('6100', 'Rent', 1), ('6200', 'Utilities', 1), ('6300', 'Travel', 1), ('6400', 'Office supplies', 1), ('6500', 'Advertising', 0), ('7000', 'Interest expense', 1);

CREATE TABLE periods (period VARCHAR(7) PRIMARY KEY, is_open INTEGER NOT NULL);
INSERT INTO periods VALUES ('2019-11', 0), ('2019-12', 0), ('2020-01', 1);

CREATE TABLE journals (document_no VARCHAR(20) PRIMARY KEY, posting_date DATE NOT NULL, total_debit NUMERIC(14, 2) NOT NULL, line_count INTEGER NOT NULL);
CREATE TABLE journal_lines (document_no VARCHAR(20) NOT NULL REFERENCES journals, posting_date DATE NOT NULL, account_no VARCHAR(10) NOT NULL, description VARCHAR(100), debit NUMERIC(14, 2) NOT NULL, credit NUMERIC(14, 2) NOT NULL);

CREATE TABLE items (item_no VARCHAR(20) PRIMARY KEY, description VARCHAR(80) NOT NULL, unit VARCHAR(10) NOT NULL, unit_price NUMERIC(12, 2) NOT NULL, item_class VARCHAR(20), on_hand NUMERIC(12, 2));
INSERT INTO items VALUES ('LAMP-01', 'Desk lamp, brass', 'EA', 39.90, 'FURNISHING', 120), ('CHAIR-10', 'Office chair, grey', 'EA', 189.00, 'FURNISHING', 40), ('PAPER-A4', 'Paper, A4, 500 sheets', 'PK', 6.50, 'CONSUMABLE', 900), ('TONER-7', 'Toner cartridge, black', 'EA', 84.00, 'CONSUMABLE', 65), ('CABLE-2M', 'Network cable, 2 m', 'EA', 4.20, 'ELECTRONIC', 400), ('DOCK-3', 'Docking station', 'EA', 149.00, 'ELECTRONIC', 25);

CREATE TABLE sales_orders (order_no VARCHAR(20) PRIMARY KEY, internal_no VARCHAR(20) NOT NULL UNIQUE, customer_number VARCHAR(15) NOT NULL, order_date DATE NOT NULL, due_date DATE, line_count INTEGER NOT NULL, total NUMERIC(14, 2) NOT NULL);
CREATE TABLE sales_order_lines (order_no VARCHAR(20) NOT NULL REFERENCES sales_orders, line_no INTEGER NOT NULL, item_no VARCHAR(20) NOT NULL, quantity NUMERIC(12, 2) NOT NULL, unit_price NUMERIC(12, 2) NOT NULL, amount NUMERIC(14, 2) NOT NULL, PRIMARY KEY (order_no, line_no));

CREATE TABLE vendors (vendor_id VARCHAR(15) PRIMARY KEY, name VARCHAR(60) NOT NULL, on_hold INTEGER NOT NULL);
INSERT INTO vendors VALUES ('ACME-V', 'Acme Paper Mill', 0), ('NORTH-V', 'Northern Lighting', 0), ('RENT-V', 'Riverside Real Estate', 0), ('OLD-V', 'Old Harbor Trading', 1);
CREATE TABLE purchase_batches (document_no VARCHAR(20) PRIMARY KEY, batch VARCHAR(20) NOT NULL, posting_date DATE NOT NULL, vendor_id VARCHAR(15) NOT NULL, total NUMERIC(14, 2) NOT NULL);
CREATE TABLE purchase_lines (document_no VARCHAR(20) NOT NULL REFERENCES purchase_batches, account_no VARCHAR(10) NOT NULL, description VARCHAR(100), amount NUMERIC(14, 2) NOT NULL);
