/** The style sheet of report.html: light and dark, page, phone and paper. */
import { colours } from './chart-colours.ts'
import { type Markup, trusted } from './markup.ts'

const dark: Readonly<Record<keyof typeof colours, string>> = {
  'series-1': '#6aa9f0',
  'series-2': '#f0a35e',
  'series-3': '#4cc3b5',
  'series-4': '#e283be',
  'series-5': '#c9c75a',
  'series-6': '#a3acb9',
  'series-7': '#b39dfa',
  'series-8': '#ff8a80',
  'series-9': '#8ed06a',
  'series-10': '#d2a679',
  'heat-1': '#1d2a3b',
  'heat-2': '#254669',
  'heat-3': '#2f68a3',
  'heat-4': '#5a9bdc',
  'heat-5': '#b3d7fa',
  label: '#aab4c3',
  grid: '#2a323e',
  axis: '#586476',
}

const variables = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([role, colour]) => `--${role}:${colour}`)
    .join(';')

const lightPage = {
  page: '#ffffff',
  panel: '#f6f8fb',
  text: '#1b2430',
  soft: '#475569',
  line: '#d9e0ea',
  good: '#166f3d',
  bad: '#b3261e',
  warn: '#8a5a00',
  link: '#1d5ba8',
}
const darkPage = {
  page: '#12161c',
  panel: '#1a2028',
  text: '#e6ebf2',
  soft: '#aab4c3',
  line: '#303a48',
  good: '#63cd8f',
  bad: '#ff8f85',
  warn: '#f0bd58',
  link: '#86b9f5',
}

export const style: Markup = trusted(`
:root{color-scheme:light dark;${variables(colours)};${variables(lightPage)}}
@media (prefers-color-scheme:dark){:root{${variables(dark)};${variables(darkPage)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:1.5rem 1.25rem 4rem;max-width:78rem;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:0}
h2{font-size:1.2rem;margin:2.75rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--link)}
header .answer{font-size:1.05rem;font-weight:600;margin:.35rem 0 .5rem}
header .question{font-size:1.05rem;margin:.35rem 0 .5rem}
header .run,.soft,.none{color:var(--soft);font-size:.9rem}
h1,.question,.answer,code{unicode-bidi:isolate}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:1rem 0 0;font-size:.9rem}
code{font:.85em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.verdict{display:inline-block;margin:.75rem 0 0;padding:.35rem .75rem;border-radius:.4rem;background:var(--panel);border:1px solid var(--line);font-weight:600}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(15.5rem,1fr));gap:.75rem;margin:1.25rem 0 0;padding:0}
.cards div{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.65rem .8rem}
.cards dt{color:var(--soft);font-size:.82rem;line-height:1.3}
.cards dd{margin:.1rem 0 0;font-size:1.3rem;font-weight:600;font-variant-numeric:tabular-nums;line-height:1.25}
.cards dd small{display:block;font-size:.8rem;font-weight:400;color:var(--soft);line-height:1.35}
.scroll{overflow-x:auto;margin:.75rem 0;background:linear-gradient(90deg,var(--page) 50%,transparent) left/2rem 100% local,linear-gradient(270deg,var(--page) 50%,transparent) right/2rem 100% local,linear-gradient(90deg,var(--line),transparent) left/.5rem 100% scroll,linear-gradient(270deg,var(--line),transparent) right/.5rem 100% scroll;background-repeat:no-repeat}
.scroll:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:separate;border-spacing:0;font-size:.9rem;min-width:min(100%,42rem);overflow-wrap:break-word}
th,td{padding:.35rem 1.25rem .35rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);unicode-bidi:isolate}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-weight:600;font-size:.82rem;vertical-align:bottom}
tbody th,tfoot th{font-weight:400;max-width:22rem}
td{max-width:30rem}
table th[scope=row]{position:sticky;left:0;z-index:1;background:var(--page)}
tfoot th,tfoot td{font-weight:600;border-bottom:0}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.short{white-space:nowrap}
td.long{min-width:16rem}
figure{margin:1rem 0}
.drawing{position:relative}
.drawing:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.cursor{position:absolute;background:var(--axis);pointer-events:none}
.tip{position:fixed;z-index:4;max-width:min(26rem,90vw);padding:.4rem .65rem;background:var(--text);color:var(--page);border-radius:.35rem;font-size:.85rem;line-height:1.4;pointer-events:none}
ol.events{margin:.25rem 0 0;padding-left:1.75rem;color:var(--soft);font-size:.85rem}
figcaption{font-weight:600;font-size:.95rem;margin-bottom:.35rem}
figure svg{display:block;max-width:100%;height:auto}
thead button{all:unset;cursor:pointer;font-weight:600}
thead button:focus-visible,input:focus-visible{outline:2px solid var(--link);outline-offset:2px}
thead button::after{content:"↕";opacity:.45;padding-left:.25em;font-weight:400}
th[aria-sort=ascending] button::after{content:"↑";opacity:1}
th[aria-sort=descending] button::after{content:"↓";opacity:1}
.search label{color:var(--soft);font-size:.9rem}
.search input{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:.35rem;padding:.3rem .5rem;width:min(20rem,100%)}
.search output{color:var(--soft);font-size:.9rem;padding-left:.75rem}
.search .scroll,details .scroll{max-height:30rem;overflow-y:auto}
.search thead th{position:sticky;top:0;z-index:2;background:var(--page)}
abbr{text-decoration:underline dotted;text-underline-offset:.2em;cursor:help;white-space:nowrap}
.facts div{display:grid;grid-template-columns:9rem minmax(0,1fr);gap:0 1rem}.facts dt{color:var(--soft)}.facts dd{margin:0}
details{margin:1rem 0}
summary{cursor:pointer;font-weight:600}
.narrow{display:none}
ul.thresholds{list-style:none;margin:.5rem 0;padding:0}
ul.thresholds li{padding:.4rem 0;border-bottom:1px solid var(--line)}
footer{margin-top:3rem;padding-top:.75rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}
@media (min-width:72rem){body.report{display:grid;grid-template-columns:11rem minmax(0,1fr);gap:0 2rem;max-width:92rem}
.report>*{grid-column:2}.report>nav{grid-column:1;grid-row:1/span 4;position:sticky;top:1.5rem;align-self:start;flex-direction:column;max-height:calc(100vh - 3rem);overflow-y:auto;margin:0}}
@media (max-width:44rem){body{padding:1rem .9rem 3rem}.facts div{display:block;padding-bottom:.35rem}h1{font-size:1.35rem}.wide{display:none}.narrow{display:block}
.cards{grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.5rem}.cards dd{font-size:1.1rem}table{font-size:.85rem}th,td{padding-right:.9rem}tbody th,tfoot th{max-width:11rem}}
@media print{body.report{display:block}:root{${variables(colours)};${variables(lightPage)}}html{font-size:10pt}body{max-width:none;padding:0}nav,.search label,.search output{display:none}.search .scroll,details .scroll{max-height:none;overflow:visible}thead button::after{content:none}
.wide{display:block}.narrow{display:none}figure,tr,.cards div{break-inside:avoid}table th[scope=row]{position:static}h2,h3{break-after:avoid}.scroll{overflow:visible;background:none}details::details-content{content-visibility:visible;block-size:auto}table{font-size:8pt;min-width:0;max-width:100%}thead th,.search thead th{position:static;font-size:7pt}th,td{padding-right:.5rem}th,td,.number,.short,abbr{white-space:normal;overflow-wrap:anywhere}thead th,.number,td.short{overflow-wrap:normal}table:has(th:nth-child(14)) thead th{overflow-wrap:anywhere}td.long{min-width:0}}
`)
