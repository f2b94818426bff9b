import type { WireLogEntry, WireStatus } from '#modules/shopfloor/gateways/contract.ts'
import { codeWords, type Language, words } from './words.ts'

export interface ShownStatus {
  status: WireStatus
  /** Of each link. */
  names: ReadonlyMap<string, { name: string; protocol: string }>
  troubles: readonly WireLogEntry[]
}

interface Of extends ShownStatus {
  user: string
  server: string
  nowMs: number
  language: Language
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** How the gateway is, as one page without a script; it asks for itself again every five seconds. */
export function pageHtml({ status, names, troubles, user, server, nowMs, language }: Of): string {
  const t = words[language]
  const time = (ms: number) => escaped(new Date(ms).toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB', { hour12: false }))
  const { uplink, queue, links } = status
  const up = uplink.connectedSinceMs
  const facts = [
    [t.gateway, escaped(user)],
    [t.platform, `${escaped(server)} · ${mark(up !== null, up === null ? t.away : `${t.connected} ${time(up)}`)}`],
    [t.queue, `${t.batches(queue.batches)} · ${(queue.bytes / 2 ** 20).toFixed(1)} / ${Math.round(queue.limitBytes / 2 ** 20)} MB`],
    [t.oldest, queue.oldestMs === null ? '—' : time(queue.oldestMs)],
    [t.dropped, String(queue.droppedSamples)],
    [t.version, `${escaped(status.version)} · ${t.since} ${time(status.startedAtMs)}`],
    [t.load, `${status.memoryMb} MB · ${status.cpuPercent} %`],
  ]
  const rows = links.flatMap(({ id, state, reason, sinceMs, units, details }) => {
    const known = names.get(id)
    const name = known ? `${escaped(known.name)} <small>${escaped(known.protocol)}</small>` : escaped(id)
    const why = reason === null ? '' : escaped(codeWords(language, reason, details))
    return [
      row([name, mark(state === 'connected', t.states[state]), why, time(sinceMs)]),
      ...units.map((unit) =>
        row([
          `　${escaped(unit.device)}`,
          mark(unit.state === 'ok', t.units[unit.state]),
          [unit.reason === null ? '' : escaped(codeWords(language, unit.reason)), t.points(unit.goodPoints, unit.badPoints)]
            .filter(Boolean)
            .join(' · '),
          time(unit.sinceMs),
        ]),
      ),
    ]
  })
  const said = troubles.map(({ atMs, code, details, device }) =>
    row([time(atMs), escaped(device ?? ''), escaped(codeWords(language, code, details))]),
  )
  const other = language === 'zh' ? '<a href="/?lang=en">English</a>' : '<a href="/?lang=zh">中文</a>'
  return `<!doctype html><html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${t.title}</title><style>${STYLE}</style></head><body>
<header><h1>${t.title}</h1>${other}</header>
<section><table>${facts.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join('')}</table></section>
<section><h2>${t.links}</h2>${rows.length === 0 ? `<p>${t.noLinks}</p>` : `<table>${rows.join('')}</table>`}</section>
<section><h2>${t.troubles}</h2>${said.length === 0 ? `<p>${t.noTroubles}</p>` : `<table>${said.join('')}</table>`}</section>
<footer>${time(nowMs)} · ${t.readOnly}</footer></body></html>`
}

const row = (cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
const mark = (isGood: boolean, text: string): string => `<b class="${isGood ? 'good' : 'bad'}">${isGood ? '●' : '✕'} ${text}</b>`

const STYLE = `body{font:15px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;margin:0 auto;max-width:960px;padding:16px;color:#1f2933;background:#f0f3f6}
header{display:flex;justify-content:space-between;align-items:baseline}h1{font-size:22px;margin:8px 0}h2{font-size:17px;margin:0 0 8px}
section{background:#fff;border:1px solid #d5dde5;border-radius:8px;padding:12px 16px;margin:12px 0;overflow-x:auto}
table{border-collapse:collapse;width:100%}td,th{overflow-wrap:anywhere;text-align:left;padding:4px 12px 4px 0;vertical-align:top;font-weight:400}th{color:#52606d;white-space:nowrap;width:9em}
small,footer{color:#52606d}.good{color:#186a3b;font-weight:600;white-space:nowrap}.bad{color:#a61b1b;font-weight:600;white-space:nowrap}
@media(max-width:600px){tr{display:block;padding:4px 0;border-top:1px solid #e4e9ee}td,th{display:block;padding:0}td:empty{display:none}}`
