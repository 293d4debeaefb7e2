/** The look of the pages that members see: paper, ink, one accent, both colour schemes, phones first. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1D1B22;--second:#5F5B66;--quiet:#6F6A75;--line:#E6E2DC;--paper:#FBFAF8;--card:#FFF;--control:#D3CDC4;--fill:#2D4EA3;--link:#2D4EA3;--soft:#EEF2FB;--off:#8F8986;--ok:#1C6441;--okSoft:#E6F2EB;--brass:#B9791B}
@media(prefers-color-scheme:dark){:root{--ink:#ECE9E4;--second:#A49FA9;--quiet:#8D8894;--line:#33303A;--paper:#141217;--card:#1C1A20;--control:#46424E;--fill:#4767BE;--link:#A6BAF2;--soft:#222944;--off:#6B6673;--ok:#7FD1A5;--okSoft:#1B2E25}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 15px/22px "Inter Variable",Inter,system-ui,-apple-system,"Segoe UI",sans-serif;text-rendering:geometricPrecision}
main{max-width:560px;margin:0 auto;padding:24px 24px 96px}
header{display:flex;align-items:center;gap:8px;margin-bottom:28px;font-weight:500}
header svg{color:var(--brass)}
h1{font-size:26px;line-height:34px;font-weight:600;letter-spacing:-.01em;margin:0 0 4px;text-wrap:balance}
h2{font-size:16px;line-height:24px;font-weight:600;margin:28px 0 8px}
p{margin:0 0 12px;color:var(--second)}
a{color:var(--link)}
svg{width:20px;height:20px;flex:none;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.wide{overflow-x:auto}
.row{display:flex;align-items:center;gap:12px;min-height:56px;padding:8px 16px;border-top:1px solid var(--line)}
.row:first-child{border-top:0}
.row .grow{flex:1;min-width:0}
.row small,.note{display:block;font-size:13px;line-height:18px;color:var(--second);overflow-wrap:anywhere}
.rank{width:16px;color:var(--quiet);font-variant-numeric:tabular-nums}
button{font:inherit;font-weight:500;min-height:44px;padding:0 16px;border-radius:8px;border:1px solid var(--control);background:var(--card);color:var(--link);cursor:pointer}
button.main{background:var(--fill);border-color:var(--fill);color:#FFF;width:100%}
button.move{min-width:44px;padding:0;border-color:transparent;background:none;color:var(--second)}
@media(max-width:480px){.row{gap:8px;padding:8px 12px}.row small{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}button.move{min-width:36px;margin:0 -4px}}
button:hover{background:var(--soft)}
button.main:hover{filter:brightness(1.08);background:var(--fill)}
button[disabled]{visibility:hidden}
:focus-visible{outline:2px solid var(--brass);outline-offset:2px}
table{width:100%;border-collapse:collapse}
th,td{padding:0 4px;height:52px;border-top:1px solid var(--line);text-align:center;font-weight:400}
thead th{border-top:0;height:64px;font-size:12px;line-height:16px;color:var(--second)}
thead svg{display:block;margin:0 auto 2px}
tbody th{text-align:left;padding-left:16px;overflow-wrap:anywhere}
td label{display:flex;align-items:center;justify-content:center;min-height:44px;min-width:44px;cursor:pointer}
input[type=checkbox]{appearance:none;width:22px;height:22px;margin:0;border:1.5px solid var(--off);border-radius:6px;background:var(--card);cursor:pointer;flex:none}
input[type=checkbox]:checked{background:var(--fill) url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='white' stroke-width='3' stroke-linecap='round' stroke-linejoin='round'%3E%3Cpath d='M5 12.5l4.5 4.5L19 7.5'/%3E%3C/svg%3E") center/16px;border-color:var(--fill)}
input.switch{width:44px;height:26px;border:0;border-radius:13px;background:radial-gradient(circle at 13px 13px,#FFF 10px,transparent 10.5px) var(--off)}
input.switch:checked{background:radial-gradient(circle at 31px 13px,#FFF 10px,transparent 10.5px) var(--fill)}
.saved{display:flex;gap:8px;align-items:center;background:var(--okSoft);color:var(--ok);border-radius:8px;padding:10px 14px;margin-bottom:20px}
.foot{position:sticky;bottom:0;margin-top:24px;padding:12px 0 calc(12px + env(safe-area-inset-bottom));background:linear-gradient(transparent,var(--paper) 12px)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.channel-email{color:#3F5FB0}.channel-whatsapp{color:#2F8A7B}.channel-sms{color:#B25488}.channel-telegram{color:#5BA3CC}.channel-push{color:#8168C2}.channel-voice{color:#7C7782}
@media(prefers-color-scheme:dark){.channel-email{color:#7F99DE}.channel-whatsapp{color:#57B3A3}.channel-sms{color:#D483AE}.channel-telegram{color:#7CC0E4}.channel-push{color:#A892E2}.channel-voice{color:#A19CA7}}
`
