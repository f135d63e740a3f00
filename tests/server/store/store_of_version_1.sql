-- A store of version 1, as SQLite dumps it; only ever read by a test.
BEGIN TRANSACTION;
CREATE TABLE audit_log (
	id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	address VARCHAR(64) NOT NULL,
	email VARCHAR(254) NOT NULL,
	company_id VARCHAR(36) NOT NULL,
	call VARCHAR(64) NOT NULL,
	map_key VARCHAR(36) NOT NULL,
	run_number INTEGER,
	PRIMARY KEY (id)
);
INSERT INTO "audit_log" VALUES(1,1767225600000,'192.0.2.1','ann@example.com','20000000-0000-4000-8000-000000000002','runmap','0b54d5a0-7f0e-4b3c-9a51-a95300a506c5',1);
CREATE TABLE companies (
	id VARCHAR(36) NOT NULL,
	name VARCHAR(200) NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (name)
);
INSERT INTO "companies" VALUES('20000000-0000-4000-8000-000000000002','Contoso Ltd',1767225600000);
CREATE TABLE grants (
	user_id VARCHAR(36) NOT NULL,
	map_key VARCHAR(36) NOT NULL,
	PRIMARY KEY (user_id, map_key),
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "grants" VALUES('10000000-0000-4000-8000-000000000001','0b54d5a0-7f0e-4b3c-9a51-a95300a506c5');
CREATE TABLE instances (
	id VARCHAR(36) NOT NULL,
	host VARCHAR(255) NOT NULL,
	pid INTEGER NOT NULL,
	started BIGINT NOT NULL,
	seen BIGINT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE members (
	user_id VARCHAR(36) NOT NULL,
	company_id VARCHAR(36) NOT NULL,
	role VARCHAR(20) NOT NULL,
	PRIMARY KEY (user_id, company_id),
	FOREIGN KEY(user_id) REFERENCES users (id),
	FOREIGN KEY(company_id) REFERENCES companies (id)
);
INSERT INTO "members" VALUES('10000000-0000-4000-8000-000000000001','20000000-0000-4000-8000-000000000002','user');
CREATE TABLE outputs (
	id VARCHAR(36) NOT NULL,
	run_id VARCHAR(36) NOT NULL,
	map_key VARCHAR(36) NOT NULL,
	run_number INTEGER NOT NULL,
	created BIGINT NOT NULL,
	description VARCHAR(300) NOT NULL,
	file_name VARCHAR(300) NOT NULL,
	access_key VARCHAR(64) NOT NULL,
	content BLOB NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(run_id) REFERENCES runs (id),
	UNIQUE (access_key)
);
INSERT INTO "outputs" VALUES('50000000-0000-4000-8000-000000000005','30000000-0000-4000-8000-000000000003','0b54d5a0-7f0e-4b3c-9a51-a95300a506c5',1,1767225601000,'Journal','GL JOURNAL___1.zip','kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk',X'504B');
CREATE TABLE run_counters (
	map_key VARCHAR(36) NOT NULL,
	last_number INTEGER NOT NULL,
	PRIMARY KEY (map_key)
);
INSERT INTO "run_counters" VALUES('0b54d5a0-7f0e-4b3c-9a51-a95300a506c5',1);
CREATE TABLE run_error_rows (
	id VARCHAR(36) NOT NULL,
	error_id VARCHAR(36) NOT NULL,
	position INTEGER NOT NULL,
	"values" JSON NOT NULL,
	message TEXT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(error_id) REFERENCES run_errors (id)
);
INSERT INTO "run_error_rows" VALUES('50000000-0000-4000-8000-000000000005','40000000-0000-4000-8000-000000000004',0,'["JV001", null]','Batch X does not exist');
CREATE TABLE run_errors (
	id VARCHAR(36) NOT NULL,
	run_id VARCHAR(36) NOT NULL,
	tenant_server VARCHAR(200) NOT NULL,
	tenant_technical VARCHAR(200) NOT NULL,
	columns JSON NOT NULL,
	row_count INTEGER NOT NULL,
	saved BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "run_errors" VALUES('40000000-0000-4000-8000-000000000004','30000000-0000-4000-8000-000000000003','erp01','CONTOSO','["DocumentNo", "Amount"]',1,1);
CREATE TABLE runs (
	id VARCHAR(36) NOT NULL,
	map_key VARCHAR(36) NOT NULL,
	run_number INTEGER NOT NULL,
	company_id VARCHAR(36) NOT NULL,
	user_email VARCHAR(254) NOT NULL,
	instance_id VARCHAR(36) NOT NULL,
	state VARCHAR(20) NOT NULL,
	started BIGINT NOT NULL,
	finished BIGINT,
	record_count INTEGER NOT NULL,
	error_count INTEGER NOT NULL,
	error_message TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (map_key, run_number)
);
INSERT INTO "runs" VALUES('30000000-0000-4000-8000-000000000003','0b54d5a0-7f0e-4b3c-9a51-a95300a506c5',1,'20000000-0000-4000-8000-000000000002','ann@example.com','40000000-0000-4000-8000-000000000004','failed',1767225600000,1767225601000,1,1,'Batch X does not exist');
CREATE TABLE schema_version (
	version INTEGER NOT NULL
);
INSERT INTO "schema_version" VALUES(1);
CREATE TABLE security_log (
	id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	address VARCHAR(64) NOT NULL,
	email VARCHAR(254) NOT NULL,
	call VARCHAR(64) NOT NULL,
	status INTEGER NOT NULL,
	reason VARCHAR(300) NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE settings (
	name VARCHAR(64) NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE sign_in_failures (
	id INTEGER NOT NULL,
	who VARCHAR(64) NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE tokens (
	digest VARCHAR(64) NOT NULL,
	user_id VARCHAR(36) NOT NULL,
	company_id VARCHAR(36) NOT NULL,
	issued BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	revoked BOOLEAN NOT NULL,
	PRIMARY KEY (digest),
	FOREIGN KEY(user_id) REFERENCES users (id),
	FOREIGN KEY(company_id) REFERENCES companies (id)
);
INSERT INTO "tokens" VALUES('716e2dff36c0cd26f14eb8f5273903873ab7bdc7c90c38bd6181e3054836191b','10000000-0000-4000-8000-000000000001','20000000-0000-4000-8000-000000000002',1767225600000,4102444800000,0);
CREATE TABLE users (
	id VARCHAR(36) NOT NULL,
	email VARCHAR(254) NOT NULL,
	name VARCHAR(200) NOT NULL,
	password_hash VARCHAR(300) NOT NULL,
	password_is_published BOOLEAN NOT NULL,
	disabled BOOLEAN NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (email)
);
INSERT INTO "users" VALUES('10000000-0000-4000-8000-000000000001','ann@example.com','Ann','scrypt$2048$8$1$39xrTiTVo77sAXARYlpjog==$QejmIuh87679KlfOu7ShJPuyJNYJsuXMoy+xrQi0UJQ=',0,0,1767225600000);
CREATE INDEX ix_sign_in_failures_at ON sign_in_failures (at);
CREATE INDEX ix_sign_in_failures_who ON sign_in_failures (who);
CREATE INDEX ix_security_log_at ON security_log (at);
CREATE INDEX ix_audit_log_at ON audit_log (at);
CREATE INDEX ix_runs_instance_id ON runs (instance_id);
CREATE INDEX ix_tokens_expires ON tokens (expires);
CREATE INDEX ix_tokens_user_id ON tokens (user_id);
CREATE INDEX ix_run_errors_run_id ON run_errors (run_id);
CREATE INDEX ix_outputs_map_key ON outputs (map_key);
CREATE INDEX ix_run_error_rows_place ON run_error_rows (error_id, position);
COMMIT;
