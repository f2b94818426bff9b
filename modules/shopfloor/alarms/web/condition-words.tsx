import { useWords } from '#ui/i18n.ts'
import type { Condition } from '../condition.ts'
import { conditionText } from '../condition-text.ts'
import type { PointFacts, Priority } from '../contract.ts'

/** A rule's condition and priority in words, on pages of modules above. */
export function Component({ condition, point, priority }: { condition: Condition; point: PointFacts | null; priority: Priority }) {
  const t = useWords('alarms')
  return (
    <>
      {conditionText(condition, point, t)} · {t(`priorities.${priority}`)}
    </>
  )
}
