import type { ReactNode } from 'react'
import { useEffect } from 'react'
import { useWords } from '#ui/i18n.ts'
import './entrance.css'

/** The frame of the pages before the platform: log-in, first administrator, forced change of the password. */
export function Entrance(props: { title: string; text?: ReactNode; corner?: ReactNode; children: ReactNode }) {
  const t = useWords()
  useEffect(() => {
    document.title = `${props.title} · ${t('ui:product')}`
  }, [props.title, t])
  return (
    <div className="ls-entrance">
      <ChainPicture />
      <main className="ls-entrance-card">
        <div className="ls-entrance-head">
          <img src="/logo.svg" alt="" width={40} height={40} />
          <div>
            <div className="ls-entrance-name">{t('ui:product')}</div>
            <div className="ls-quiet">{t('ui:productLine')}</div>
          </div>
          {props.corner && <div className="ls-entrance-corner">{props.corner}</div>}
        </div>
        <h1>{props.title}</h1>
        {props.text && <p className="ls-quiet">{props.text}</p>}
        {props.children}
      </main>
    </div>
  )
}

const SPOKES = 14

/** A leader and its suppliers, as a quiet background. */
function ChainPicture() {
  const points = Array.from({ length: SPOKES }, (_, i) => {
    const angle = (i / SPOKES) * 2 * Math.PI
    const r = i % 2 === 0 ? 170 : 110
    return { x: 200 + r * Math.cos(angle), y: 200 + r * Math.sin(angle), size: i % 2 === 0 ? 5 : 7 }
  })
  return (
    <svg className="ls-entrance-picture" viewBox="0 0 400 400" aria-hidden="true" focusable="false">
      {points.map((p) => (
        <g key={`${p.x}`}>
          <line x1={200} y1={200} x2={p.x} y2={p.y} />
          <circle cx={p.x} cy={p.y} r={p.size} />
        </g>
      ))}
      <circle className="centre" cx={200} cy={200} r={18} />
    </svg>
  )
}
