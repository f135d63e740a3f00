-- Fabrikam's small ERP: fewer tables, other codes.

CREATE TABLE terms (code VARCHAR(10) PRIMARY KEY, description VARCHAR(60) NOT NULL);
INSERT INTO terms VALUES ('14D', 'Fourteen days'), ('30D', 'Thirty days'), ('CASH', 'Cash');

CREATE TABLE customers (customer_number VARCHAR(15) PRIMARY KEY, name VARCHAR(60) NOT NULL, city VARCHAR(40), email VARCHAR(80), terms_code VARCHAR(10));
INSERT INTO customers VALUES ('F-1001', 'Fjord Ferries', 'Bergen', 'mail@fjord.example.com', '30D'), ('F-1002', 'Falcon Freight', 'Leith', 'desk@falcon.example.com', '14D');

CREATE TABLE vendors (vendor_id VARCHAR(15) PRIMARY KEY, name VARCHAR(60) NOT NULL, city VARCHAR(40), tax_id VARCHAR(20));
INSERT INTO vendors VALUES ('V-2001', 'Velvet Fabrics', 'Lyon', 'FR001'), ('V-2002', 'Vista Tools', 'Turin', 'IT002');
