import { EMPTY, formatValue } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { AlarmState } from '../alarm-states.ts'
import { codeText } from '../condition-text.ts'
import type { PointFacts, Priority } from '../contract.ts'

const stateTones: Record<AlarmState, Tone> = {
  normal: 'good',
  unacknowledged: 'bad',
  acknowledged: 'warning',
  returnedUnacknowledged: 'info',
  latchedUnacknowledged: 'bad',
  latchedAcknowledged: 'warning',
  shelved: 'neutral',
  suppressed: 'neutral',
  outOfService: 'neutral',
}

export function StateTag({ state }: { state: AlarmState }) {
  const t = useWords('alarms')
  return (
    <StatusTag tone={stateTones[state]} hint={t(`stateHints.${state}`)}>
      {t(`states.${state}`)}
    </StatusTag>
  )
}

/** Told by shape, text and colour: the highest stands out in black and white too. */
export function PriorityTag({ priority }: { priority: Priority }) {
  const t = useWords('alarms')
  return <span className={`al-priority al-priority-${priority}`}>{t(`priorities.${priority}`)}</span>
}

export function FirstOutTag({ hint }: { hint?: string }) {
  const t = useWords('alarms')
  return (
    <StatusTag tone="info" hint={hint ?? t('firstOutHint')}>
      {t('firstOut')}
    </StatusTag>
  )
}

/** What decided, as its point is read: a number with its unit, a state in words. */
export const valueText = (value: number, point: PointFacts | null, t: Words): string =>
  point?.states || point?.valueType === 'boolean' ? codeText(value, point, t) : formatValue(value, point?.unit)

export function AlarmValue({ value, point }: { value: number | null; point: PointFacts | null }) {
  const t = useWords('alarms')
  return value === null ? EMPTY : valueText(value, point, t)
}
