-- What the terms of an agreement's credits count: see docs/agreements.md. Met, breached after grace, and what counts
-- for nothing: the first breaches of the period, as many as the grace, and those waived or put down to excluded causes.
-- Change: the account (as its folder is called), and the period's two ends with their time zone.
-- Change too: the agreement, the causes that it excludes, and its grace (2). Its promises, where it names targets.
-- The zone is that of the agreement's calendar.
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
placed AS (
  SELECT
    state, owed,
    ROW_NUMBER() OVER (PARTITION BY owed ORDER BY due_us, id) AS place
  FROM (
    SELECT
      id, due_us, state,
      CASE WHEN state = 'breached' AND COALESCE(cause, '') NOT IN ('customer', 'third-party') THEN 1 ELSE 0 END
        AS owed
    FROM asked
    WHERE agreement = 'gold' AND state <> 'cancelled'
  ) promised
),
counts AS (
  SELECT
    COUNT(*) FILTER (WHERE state = 'met') AS met,
    COUNT(*) FILTER (WHERE owed = 1 AND place > 2) AS breached,
    COUNT(*) FILTER (WHERE owed = 1 AND place <= 2) AS graced,
    COUNT(*) FILTER (WHERE owed = 0 AND state <> 'met') AS excluded
  FROM placed
)
SELECT
  met, breached, graced, excluded,
  CAST(CAST((met * 10000 - (met * 10000) % NULLIF(met + breached, 0)) / NULLIF(met + breached, 0) AS DOUBLE) / 10000
    AS DECIMAL(5, 4)) AS attainment
FROM counts
