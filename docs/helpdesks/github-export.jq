# An issue ($issue) and its comments (the input), as GitHub's webhooks would tell of them: see helpdesks-import.md.
$issue[0] as $i | {repository: {full_name: $repo}} as $r
| ($r + {action: "opened", issue: ($i + {state: "open", state_reason: null})}),
  (.[] | $r + {action: "created", comment: ., issue: {id: $i.id, user: $i.user, created_at: $i.created_at}}),
  ($r + {action: (if $i.state == "closed" then "closed" else "edited" end), issue: $i})
