import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { StatusTag } from '#ui/page.tsx'
import type { PieceState, Template, TemplatePlace } from '../contract.ts'
import { stateTones } from './queries.ts'

export function StateTag({ state }: { state: PieceState }) {
  const t = useWords('templates')
  return <StatusTag tone={stateTones[state]}>{t(`states.${state}`)}</StatusTag>
}

export function PlaceList({ places }: { places: TemplatePlace[] }) {
  const locale = useLocale()
  return (
    <ul className="tp-places">
      {places.map((place) => (
        <li key={place.code} data-level={place.level}>
          {nameIn(locale, place.name, place.nameEn)} <span className="ls-quiet">{place.code}</span> <StateTag state={place.state} />
        </li>
      ))}
    </ul>
  )
}

/** What the industry looks at, by which formula, and from which points of which machine. */
export function KpiList({ template }: { template: Template }) {
  const t = useWords('templates')
  const locale = useLocale()
  const english = locale === 'en-US'
  const machines = new Map(template.machines.map((machine) => [machine.code, machine]))
  return (
    <ul className="tp-kpis">
      {template.kpis.map((kpi) => {
        const machine = machines.get(kpi.machine)
        const label = (name: string) => {
          const point = machine?.points.find((one) => one.name === name)
          return point ? nameIn(locale, point.label, point.labelEn) : name
        }
        return (
          <li key={`${kpi.key} ${kpi.machine}`}>
            <strong>{nameIn(locale, kpi.name, kpi.nameEn)}</strong> <span className="ls-quiet">{kpi.unit}</span>
            <div>{english ? kpi.formula.en : kpi.formula.zh}</div>
            <div className="ls-quiet">
              {t('kpiFrom', {
                machine: machine ? nameIn(locale, machine.name, machine.nameEn) : kpi.machine,
                points: kpi.points.map(label).join(t('listComma')),
                source: english ? kpi.source.en : kpi.source.zh,
              })}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
