WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL
SELECT i + 1
FROM n WHERE i < 100000 - 1)
INSERT INTO contacts (contact_id, user_id, name, phone, trades, zip_code)
SELECT 'x' || i, 'u1', 'Person ' || i, '+1555' || (2000000 + i), '["paint"]', '94110'
FROM n;
