import { Select } from 'antd'
import { useWords } from '#ui/i18n.ts'
import type { PointChoice } from './rule-values.ts'

/** Codes of a state: those with words are offered, others can be typed. */
export function StateCodes(props: { id?: string; point: PointChoice | undefined; value?: number[]; onChange?: (codes: number[]) => void }) {
  const t = useWords('alarms')
  return (
    <Select<string[]>
      {...(props.id ? { id: props.id } : {})}
      mode="tags"
      placeholder={t('rule.statesHint')}
      value={(props.value ?? []).map(String)}
      onChange={(codes) => props.onChange?.(codes.map(Number).filter(Number.isInteger))}
      options={Object.entries(props.point?.codes ?? {}).map(([code, words]) => ({ value: code, label: `${words}（${code}）` }))}
    />
  )
}
