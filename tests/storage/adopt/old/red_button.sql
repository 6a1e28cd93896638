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
CREATE INDEX idx_email_logs_job ON email_logs(job_id);
CREATE INDEX idx_email_logs_contact ON email_logs(contact_id);
CREATE TABLE contacts_map_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT, ref TEXT, created_at TIMESTAMP
);

INSERT INTO users (user_id, email, password_hash, created_at) VALUES
    ('u1', 'builder@example.org', 'pbkdf2:sha256:1000$hB7mR2wZ$7750ca1424a8f04b7888b962ccb33f84889029dd08540eedf71cb562aeeb9a62', '2025-01-01 10:00:00'),
    ('u2', 'stranger@example.org', 'pbkdf2:sha256:1000$hB7mR2wZ$7750ca1424a8f04b7888b962ccb33f84889029dd08540eedf71cb562aeeb9a62', '2025-01-02 10:00:00'),
    ('u3', 'Builder@Example.org', 'x', '2025-01-03 10:00:00');
INSERT INTO contacts (contact_id, user_id, name, email, phone, trades, zip_code, website, created_at) VALUES
    ('c1', 'u1', 'Bo the Painter', 'Bo@Example.org', '(555) 010-0102', '["paint", "drywall"]', '94110', 'https://bo.example.org', '2025-02-01 10:00:00'),
    ('c2', 'u1', 'Cy the Roofer', NULL, '+15550100103', 'roofing, gutters', NULL, NULL, '2025-02-02 10:00:00'),
    ('c3', 'u1', 'Mail only', 'mail@example.org', NULL, NULL, '94110', NULL, '2025-02-03 10:00:00'),
    ('c4', 'u1', 'Neither', NULL, '', NULL, NULL, NULL, '2025-02-04 10:00:00'),
    ('c5', 'u1', 'Broken phone', NULL, '12', NULL, NULL, NULL, '2025-02-05 10:00:00'),
    ('c6', 'u1', 'Bo P.', NULL, '+15550100102', 'tiling, paint', '94103', NULL, '2025-02-06 10:00:00'),
    ('c7', 'u3', 'Dee the Plumber', NULL, '+15550100104', 'plumbing', NULL, NULL, '2025-02-07 10:00:00'),
    ('c8', 'u2', 'Not ours', 'notours@example.org', '+15550100109', 'paint', '94110', NULL, '2025-02-08 10:00:00');
INSERT INTO jobs (job_id, user_id, name, status, pdf_ref) VALUES
    ('j1', 'u1', 'House', 'PDF_SAVED', '{"mode": "LOCAL", "location": "/srv/users/u1/jobs/j1/pdfs/a.pdf"}'),
    ('j2', 'u2', 'Not ours', 'NEW', NULL);
INSERT INTO email_logs (email_id, job_id, contact_id, status, provider_id) VALUES ('e1', 'j1', 'c1', 'SENT', 'p1');
INSERT INTO contacts_map_history (job_id, ref) VALUES ('j1', '{"mode": "LOCAL", "location": "/srv/map.json"}');
