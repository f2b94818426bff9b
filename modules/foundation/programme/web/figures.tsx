import { Link } from 'react-router'
import type { z } from 'zod'
import { formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import type { programmeApi } from '../contract.ts'

type Summary = z.output<typeof programmeApi.summary.response>

export function Figures({ summary }: { summary: Summary }) {
  const t = useWords('programme')
  const { byState, byWay } = summary
  const figures: [key: string, n: number, path: string | null][] = [
    ['admitted', byState.admitted, '/programme?state=admitted'],
    ['waiting', byState.applied + byState.underReview, '/programme?state=applied'],
    ['counted', summary.counted, null],
    ['device', byWay.device, null],
    ['system', byWay.system, null],
    ['portal', byWay.portal, null],
    ['certificates', summary.endingCertificates, '/programme/certificates?within=60'],
  ]
  return (
    <div className="pg-figures">
      {figures.map(([key, n, path]) => {
        const body = (
          <>
            <div className="ls-quiet">{t(`figures.${key}`)}</div>
            <b>{formatNumber(n)}</b> <span className="ls-quiet">{t(key === 'certificates' ? 'unitPieces' : 'unit')}</span>
          </>
        )
        return path === null ? (
          <div key={key} className="pg-figure">
            {body}
          </div>
        ) : (
          <Link key={key} className="pg-figure" to={path}>
            {body}
          </Link>
        )
      })}
    </div>
  )
}
