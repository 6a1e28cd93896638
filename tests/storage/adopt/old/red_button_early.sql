CREATE TABLE users (
    user_id TEXT PRIMARY KEY, email TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE IF NOT EXISTS jobs (
    job_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL, notes TEXT, status TEXT, pdf_ref TEXT,
    images_ref TEXT, prompt_ref TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO users (user_id, email, password_hash) VALUES
    ('u1', 'builder@example.org', 'pbkdf2:sha256:1000$hB7mR2wZ$7750ca1424a8f04b7888b962ccb33f84889029dd08540eedf71cb562aeeb9a62'),
    ('u2', 'nobody@example.org', 'x');
INSERT INTO jobs (job_id, user_id, name, status) VALUES ('j1', 'u1', 'House', 'PDF_SAVED');
