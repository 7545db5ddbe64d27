"""How the page looks: on a phone, at a desk, at night, and on A4; each colour has its text's contrast."""

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#16202a;--quiet:#4d5a66;--line:#d5dbe1;--soft:#f3f5f8;
--kept:#0b5cad;--missed:#b3400a;--h0:#eef1f4;--h1:#fbdcc8;--h2:#f5b48d;--h3:#e08246;--h4:#8f3206;
--on:#16202a;--on4:#fff;--warn:#fff4d6;--warnline:#b98900}
@media screen and (prefers-color-scheme:dark){:root{--paper:#12171d;--ink:#e9edf1;--quiet:#a9b4be;
--line:#37424d;--soft:#1c232b;--kept:#82bdf5;--missed:#f79a66;--h0:#232c35;--h1:#4d2c19;--h2:#7c3c17;
--h3:#d8733a;--h4:#ffc6a3;--on:#fff;--on4:#16202a;--warn:#33290d;--warnline:#d9ab2b}
.h3 text{fill:#16202a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:66rem;padding:1rem;font:1rem/1.5 system-ui,"Segoe UI",Roboto,sans-serif;
color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.2;margin:.25rem 0 .5rem;letter-spacing:-.01em}
h2{font-size:1.25rem;line-height:1.3;margin:2.25rem 0 .75rem;padding-bottom:.3rem;
border-bottom:2px solid var(--line)}
h3{font-size:1rem;line-height:1.35;margin:0 0 .25rem}
p{margin:.5rem 0}.quiet,figcaption{color:var(--quiet);font-size:.875rem}
.over{color:var(--quiet);font-size:.875rem;font-weight:600;letter-spacing:.06em;text-transform:uppercase}
.state{display:inline-block;padding:.1rem .6rem;border-radius:1rem;font-size:.875rem;font-weight:600;
border:1.5px solid var(--kept);color:var(--kept)}
.state.provisional{border-color:var(--warnline);background:var(--warn);color:var(--ink)}
.said{padding:.25rem 0 .25rem 1rem;border-left:4px solid var(--kept);margin:0;list-style:none}
.said li{margin:.35rem 0}.said li:first-child{font-size:1.125rem;font-weight:600}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:1.25rem 0 0}
.cards div{background:var(--soft);border-radius:.5rem;padding:.75rem .875rem}
.cards dt{color:var(--quiet);font-size:.875rem}
.cards dd{margin:0;font-size:1.625rem;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums}
.cards dd small{display:block;font-size:.8125rem;font-weight:400;color:var(--quiet);line-height:1.4}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:2rem}
figure{margin:0;min-width:0}figure svg{display:block;width:100%;height:auto;max-width:34rem;margin:.25rem 0}
svg text{font:11px system-ui,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
svg .label{fill:var(--quiet)}svg .end{text-anchor:end}svg .mid{text-anchor:middle}
svg .grid{stroke:var(--line);stroke-width:1}svg .was{stroke:var(--quiet);stroke-width:1;stroke-dasharray:4 3}
svg .run{fill:none;stroke:var(--kept);stroke-width:2.25;stroke-linejoin:round}
svg .dot{fill:var(--kept)}svg .kept{fill:var(--kept)}svg .missed{fill:url(#hatch);stroke:var(--missed)}
svg .waited{fill:var(--soft);stroke:var(--quiet)}
svg .mark{stroke:var(--paper);stroke-width:2.5}svg .tick{stroke:var(--ink);stroke-width:2}
svg .cell{stroke:var(--paper);stroke-width:1.5}
.h0 rect{fill:var(--h0)}.h1 rect{fill:var(--h1)}.h2 rect{fill:var(--h2)}.h3 rect{fill:var(--h3)}
.h4 rect{fill:var(--h4)}svg .h4 text{fill:var(--on4)}svg .h4 text,svg .h3 text{font-weight:700}
.none rect{fill:none;stroke:var(--line);stroke-width:.75}
#hatch rect{fill:var(--paper)}#hatch path{stroke:var(--missed);stroke-width:2.2}
.defs{position:absolute}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem;overflow-wrap:break-word}
.wide+.wide{margin-top:1.5rem}
caption{text-align:left;color:var(--quiet);font-size:.875rem;padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--quiet);font-size:.8125rem;font-weight:600;vertical-align:bottom;line-height:1.3}
tbody th{font-weight:600}td small,th small{display:block;
font-weight:400;color:var(--quiet);font-size:.875em}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tfoot td,tfoot th{font-weight:700;border-bottom:0}
details{margin:.5rem 0}summary{cursor:pointer;font-size:.875rem;color:var(--kept);padding:.5rem 0}
details table{font-size:.8125rem}
:focus-visible{outline:3px solid var(--kept);outline-offset:2px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1.25rem 2rem;
align-items:start}
code{font:.8125rem/1.4 ui-monospace,Consolas,monospace;overflow-wrap:anywhere}
footer{margin-top:2.5rem;padding-top:.75rem;border-top:2px solid var(--line);color:var(--quiet);
font-size:.875rem}
@media(max-width:30rem){th,td{padding-right:.5rem}table{font-size:.8125rem}.n{white-space:normal}
h1{font-size:1.5rem}
.cards{grid-template-columns:1fr 1fr}}
@media screen{.paper{display:none}}
@page{size:A4;margin:15mm 14mm 16mm;
@bottom-right{content:counter(page) " / " counter(pages);font:9pt system-ui,sans-serif;color:#4d5a66}}
@media print{:root{color-scheme:light;font-size:10pt}body{max-width:none;padding:0}
h2{margin-top:1.5rem;break-after:avoid}h3{break-after:avoid}
figure,.cards div,tr,.said li,.pair,#credits-part{break-inside:avoid}thead{display:table-header-group}
.plots,.pair{grid-template-columns:1fr 1fr;gap:1.25rem 1.5rem}.cards{grid-template-columns:repeat(3,1fr)}
figure svg{max-width:none}.wide{overflow:visible}details{display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
""".strip()
