# A ticket ($ticket) and its articles (the input), as Zammad's webhook would tell of them: see helpdesks-import.md.
$ticket[0] as $t
| ($t + if $t.state == "closed" then {updated_at: ($t.last_close_at // $t.close_at // $t.updated_at)} else {} end) as $t
| .[] | {ticket: $t, article: {id, sender, type, internal, created_at, created_by: {id: .created_by_id}}}
