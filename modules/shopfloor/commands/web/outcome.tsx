import { Alert } from 'antd'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Panels } from '#ui/panels.tsx'
import type { Command } from '../contract.ts'

/** Why nothing was written, why nobody knows, or in what way it is done, in words. */
export function Outcome({ command }: { command: Command }) {
  const t = useWords('commands')
  const { state, outcome, differs, readBack } = command
  const isDone = state === 'done'
  if (outcome === null && !(isDone && (differs || readBack === null))) return null
  const said = isDone ? t(readBack === null ? 'doneUnread' : 'doneOtherwise') : t(`next.${state}`)
  return (
    <Alert
      type={state === 'refused' ? 'error' : 'warning'}
      showIcon
      className="ls-form-failure"
      title={isDone && !differs && readBack !== null ? <Reason command={command} /> : said}
      description={outcome !== null && !(isDone && !differs && readBack !== null) ? <Reason command={command} /> : undefined}
    />
  )
}

function Reason({ command }: { command: Command }) {
  const t = useWords('commands')
  const locale = useLocale()
  const { outcome, outcomeDetails, interlockLabels, pointName, label, labelEn } = command
  if (outcome === null) return null
  if (outcome === 'commands.noWord') return t('noWord')
  // Points by the names people know.
  const { point } = outcomeDetails
  const named = point === pointName ? nameIn(locale, label, labelEn) : (interlockLabels[point ?? ''] ?? point)
  return <Panels slot="gateways.reason" props={{ code: outcome, details: { ...outcomeDetails, ...(point ? { point: named } : {}) } }} />
}
