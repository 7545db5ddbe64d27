-- Median and 90th percentile of working and elapsed time, by nearest rank, by customer and team: the
-- worked_seconds and wall_seconds of GET /v1/reports/attainment?by=customer,team, and their sums.
-- Change: the account (as its folder is called), and the period's two ends with their time zone.
-- From here to "asked" all queries are the same: cycles as they stand, whatever was corrected.
WITH told AS (
  SELECT DISTINCT
    id, fact, subject, ticket, lane, cycle, revision, seq, happened_us, due_at, due_us,
    customer, agreement, target, metric, team, priority, service,
    worked_seconds, wall_seconds, reopened, corrects, root_cause, decision
  FROM ledger_rows
  WHERE account = 'example'
    AND fact IN ('clock_met', 'clock_breached', 'clock_cancelled', 'breach_ended', 'breach_reopened',
                 'outcome_corrected', 'case_cause', 'case_dispute')
),
standing AS (
  SELECT * FROM told WHERE id NOT IN (SELECT corrects FROM told WHERE corrects IS NOT NULL)
),
outcomes AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY subject, ticket, lane, cycle ORDER BY revision DESC) AS latest
  FROM standing
  WHERE fact IN ('clock_met', 'clock_breached', 'clock_cancelled')
),
turns AS (
  SELECT subject, ticket, lane, cycle, revision, fact, happened_us, worked_seconds, wall_seconds,
    ROW_NUMBER() OVER (PARTITION BY subject, ticket, lane, cycle, revision
                       ORDER BY happened_us DESC, seq DESC) AS latest,
    MAX(CASE WHEN fact = 'breach_reopened' THEN 1 ELSE 0 END)
      OVER (PARTITION BY subject, ticket, lane, cycle, revision) AS reopenings
  FROM standing
  WHERE fact IN ('breach_ended', 'breach_reopened')
),
entries AS (
  SELECT subject, ticket, lane, cycle, revision, fact, root_cause, decision,
    ROW_NUMBER() OVER (PARTITION BY subject, ticket, lane, cycle, revision, fact
                       ORDER BY happened_us DESC, seq DESC) AS latest
  FROM told
  WHERE fact IN ('case_cause', 'case_dispute')
),
cycles AS (
  SELECT
    o.id, o.ticket, o.customer, o.agreement, o.target, o.metric, o.team, o.priority, o.service,
    o.due_at, o.due_us,
    CASE
      WHEN o.fact = 'clock_met' THEN 'met'
      WHEN o.fact = 'clock_cancelled' THEN 'cancelled'
      WHEN d.decision = 'waived' THEN 'waived'
      ELSE 'breached'
    END AS state,
    CASE WHEN o.fact = 'clock_breached' AND COALESCE(t.fact, '') <> 'breach_ended' THEN 1 ELSE 0 END AS waiting,
    CASE
      WHEN o.fact = 'clock_met' THEN o.worked_seconds
      WHEN o.fact = 'clock_breached' AND t.fact = 'breach_ended' THEN t.worked_seconds
    END AS worked,
    CASE
      WHEN o.fact = 'clock_met' THEN o.wall_seconds
      WHEN o.fact = 'clock_breached' AND t.fact = 'breach_ended' THEN t.wall_seconds
    END AS wall,
    CASE WHEN o.fact = 'clock_breached' AND t.fact = 'breach_ended' THEN t.happened_us END AS ended_us,
    CASE
      WHEN COALESCE(o.reopened, FALSE) THEN 1
      WHEN o.fact = 'clock_breached' THEN COALESCE(t.reopenings, 0)
      ELSE 0
    END AS reopened,
    CASE WHEN o.fact = 'clock_breached' THEN c.root_cause END AS cause,
    CASE WHEN o.revision > 0 THEN 1 ELSE 0 END AS corrected
  FROM outcomes o
  LEFT JOIN turns t ON t.latest = 1 AND t.subject = o.subject AND t.ticket = o.ticket AND t.lane = o.lane
    AND t.cycle = o.cycle AND t.revision = o.revision
  LEFT JOIN entries c ON c.latest = 1 AND c.fact = 'case_cause' AND c.subject = o.subject
    AND c.ticket = o.ticket AND c.lane = o.lane AND c.cycle = o.cycle AND c.revision = o.revision
  LEFT JOIN entries d ON d.latest = 1 AND d.fact = 'case_dispute' AND d.subject = o.subject
    AND d.ticket = o.ticket AND d.lane = o.lane AND d.cycle = o.cycle AND d.revision = o.revision
  WHERE o.latest = 1
),
asked AS (
  SELECT * FROM cycles
  WHERE CAST(due_at AS TIMESTAMP WITH TIME ZONE)
          >= CAST('2026-03-01 00:00:00 Europe/Copenhagen' AS TIMESTAMP WITH TIME ZONE)
    AND CAST(due_at AS TIMESTAMP WITH TIME ZONE)
          < CAST('2026-04-01 00:00:00 Europe/Copenhagen' AS TIMESTAMP WITH TIME ZONE)
),
ranked AS (
  SELECT
    customer, team, worked, wall,
    ROW_NUMBER() OVER (PARTITION BY customer, team ORDER BY worked NULLS LAST) AS worked_place,
    COUNT(worked) OVER (PARTITION BY customer, team) AS worked_number,
    ROW_NUMBER() OVER (PARTITION BY customer, team ORDER BY wall NULLS LAST) AS wall_place,
    COUNT(wall) OVER (PARTITION BY customer, team) AS wall_number
  FROM asked
  WHERE state IN ('met', 'breached')
)
SELECT
  customer, team,
  MIN(CASE WHEN worked_place * 100 >= worked_number * 50 THEN worked END) AS worked_median,
  MIN(CASE WHEN worked_place * 100 >= worked_number * 90 THEN worked END) AS worked_p90,
  MIN(CASE WHEN wall_place * 100 >= wall_number * 50 THEN wall END) AS wall_median,
  MIN(CASE WHEN wall_place * 100 >= wall_number * 90 THEN wall END) AS wall_p90,
  CAST(SUM(worked) AS BIGINT) AS worked_sum,
  CAST(SUM(wall) AS BIGINT) AS wall_sum
FROM ranked
GROUP BY customer, team
ORDER BY customer NULLS LAST, team NULLS LAST
