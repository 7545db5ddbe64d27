-- Ratings by customer and team: the ratings of GET /v1/reports/attainment?by=customer,team.
-- Change: the account (as its folder is called), and the period's two ends with their time zone.
WITH given AS (
  SELECT DISTINCT id, customer, team, rating_thousandths
  FROM ledger_rows
  WHERE account = 'example'
    AND fact = 'ticket_rated'
    AND CAST(happened_at AS TIMESTAMP WITH TIME ZONE)
          >= CAST('2026-03-01 00:00:00 Europe/Copenhagen' AS TIMESTAMP WITH TIME ZONE)
    AND CAST(happened_at AS TIMESTAMP WITH TIME ZONE)
          < CAST('2026-04-01 00:00:00 Europe/Copenhagen' AS TIMESTAMP WITH TIME ZONE)
),
summed AS (
  SELECT
    customer, team,
    COUNT(*) AS number,
    CAST(SUM(rating_thousandths) AS BIGINT) AS thousandths
  FROM given
  GROUP BY customer, team
)
-- Rounded half up, away from nought, to two places: hundredths are thousandths / (10 * number).
SELECT
  customer, team, number, thousandths,
  CAST(CASE WHEN thousandths < 0 THEN -1 ELSE 1 END
    * CAST((ABS(thousandths) + 5 * number - (ABS(thousandths) + 5 * number) % (10 * number)) / (10 * number)
        AS DOUBLE) / 100 AS DECIMAL(18, 2)) AS mean
FROM summed
ORDER BY customer NULLS LAST, team NULLS LAST
