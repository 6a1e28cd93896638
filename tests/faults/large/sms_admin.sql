WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL
SELECT i + 1
FROM n WHERE i < 20000 - 1)
INSERT INTO community_members
SELECT 1000 + i, 'Person ' || i, '+1555' || (2000000 + i), '2026-01-01 00:00:00.000000'
FROM n;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL
SELECT i + 1
FROM n WHERE i < 1000 - 1), m(j) AS (SELECT 0 UNION ALL
SELECT j + 1
FROM m WHERE j < 99)
INSERT INTO message_logs (id, created_at, message_body, target, status, details)
SELECT 1000 + i, '2026-03-01 12:00:00.000000', 'News ' || i, 'community', 'sent', json_group_array(json_object('phone', '+1555' || (2000000 + (i * 100 + j) % 20000), 'success', json('true')))
FROM n, m GROUP BY i;
