CREATE TABLE users (
    user_id TEXT PRIMARY KEY, email TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE jobs (
    job_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL, notes TEXT, status TEXT, pdf_ref TEXT,
    images_ref TEXT, prompt_ref TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, contacts_map_ref TEXT,
    jsons_mode TEXT
);
CREATE TABLE contacts (
    contact_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL, email TEXT, phone TEXT, trades TEXT,
    zip_code TEXT, website TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_contacts_user ON contacts(user_id);
CREATE TABLE email_logs (
    email_id TEXT PRIMARY KEY, job_id TEXT NOT NULL, contact_id TEXT NOT NULL, status TEXT, provider_id TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO users (user_id, email, password_hash) VALUES ('u1', 'builder@example.org', 'pbkdf2:sha256:1000$fakesalt$00'),
    ('u2', 'nobody@example.org', 'x');
INSERT INTO contacts (contact_id, user_id, name, email, phone, trades, zip_code, website) VALUES
    ('c1', 'u1', 'Bo the Painter', 'Bo@Example.org', '(555) 010-0102', '["paint", "drywall"]', '94110', 'https://bo.example.org'),
    ('c2', 'u1', 'Cy the Roofer', NULL, '+15550100103', 'roofing, gutters', NULL, NULL),
    ('c3', 'u1', 'Mail only', 'mail@example.org', NULL, NULL, '94110', NULL),
    ('c4', 'u1', 'Neither', NULL, '', NULL, NULL, NULL),
    ('c5', 'u1', 'Broken phone', NULL, '12', NULL, NULL, NULL);
INSERT INTO jobs (job_id, user_id, name, status) VALUES ('j1', 'u1', 'House', 'PDF_SAVED');
