import { Button, Checkbox, Select } from 'antd'
import { Link } from 'react-router'
import { protocols } from '#edge/drivers/protocols.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import type { TemplateMachine } from '../contract.ts'
import { StateTag } from './lists.tsx'

interface Props {
  machine: TemplateMachine
  chosen: boolean
  protocol: string | null
  onToggle: () => void
  onProtocol: (protocol: string | null) => void
}

const NONE = ''

/** One machine type of the template: what it measures, its rules, and what of it stands already. */
export function MachineCard({ machine, chosen, protocol, onToggle, onProtocol }: Props) {
  const t = useWords('templates')
  const locale = useLocale()
  const english = locale === 'en-US'
  const name = nameIn(locale, machine.name, machine.nameEn)
  return (
    <article className="tp-machine" data-machine={machine.code}>
      <header>
        <Checkbox checked={chosen} onChange={onToggle}>
          <strong>{name}</strong>
        </Checkbox>
        <StateTag state={machine.state} />
      </header>
      <div className="tp-field">
        <span>{t('table')}</span>
        <Select
          aria-label={t('table')}
          value={protocol ?? NONE}
          disabled={!chosen}
          onChange={(value) => onProtocol(value === NONE ? null : value)}
          options={[
            ...Object.values(protocols).map((one) => ({ value: one.name, label: english ? one.label.en : one.label.zh })),
            { value: NONE, label: t('noTable') },
          ]}
        />
      </div>
      <Next machine={machine} />
      <details>
        <summary>{t('points', { n: machine.points.length })}</summary>
        <ul className="tp-points">
          {machine.points.map((point) => (
            <li key={point.name}>
              {nameIn(locale, point.label, point.labelEn)} {point.unit && <span className="ls-quiet">{point.unit}</span>}{' '}
              <code>{point.name}</code>
            </li>
          ))}
        </ul>
      </details>
      {machine.rules.length > 0 && (
        <details>
          <summary>{t('rules', { n: machine.rules.length })}</summary>
          <Rules machine={machine} />
        </details>
      )}
    </article>
  )
}

function Rules({ machine }: { machine: TemplateMachine }) {
  const locale = useLocale()
  const points = new Map(machine.points.map((point) => [point.name, point]))
  return (
    <ul className="tp-rules">
      {machine.rules.map((rule) => {
        const point = points.get(rule.pointName)
        return (
          <li key={rule.name}>
            <div>
              {nameIn(locale, rule.name, rule.nameEn)} <StateTag state={rule.state} />
            </div>
            <div>
              {point && nameIn(locale, point.label, point.labelEn)}{' '}
              <Panels slot="alarms.condition" props={{ condition: rule.condition, point: point ?? null, priority: rule.priority }} />
            </div>
            <div className="ls-quiet">{rule.response}</div>
          </li>
        )
      })}
    </ul>
  )
}

/** Once it stands: machines of this type, and the table whose addresses are to be filled in. */
function Next({ machine }: { machine: TemplateMachine }) {
  const t = useWords('templates')
  const canAdd = useCan('devices.manage')
  if (machine.modelId === null) return null
  return (
    <div className="tp-next">
      {canAdd && machine.state === 'there' && (
        <Link to={`/devices/new?model=${machine.modelId}`}>
          <Button size="small">{t('addMachine')}</Button>
        </Link>
      )}
      {machine.tables.map((table) => (
        <Link key={table.id} to={`/gateways/point-tables/${table.id}`}>
          {t('openTable', { name: table.name })}
        </Link>
      ))}
    </div>
  )
}
