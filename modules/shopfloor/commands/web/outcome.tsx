import { Alert } from 'antd'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Panels } from '#ui/panels.tsx'
import type { Command } from '../contract.ts'
import { valueText } from './command-words.tsx'
import { fromText } from './typed-value.ts'

/** Why nothing was written, why nobody knows, or in what way it is done, in words. */
export function Outcome({ command }: { command: Command }) {
  const t = useWords('commands')
  const { state, outcome, differs, readBack, parameters } = command
  // What is done though not as it was asked for; the line below the number says the rest.
  const isUnread = readBack === null && !parameters
  const otherwise = state === 'done' && (differs || isUnread) ? t(readBack === null ? 'doneUnread' : 'doneOtherwise') : undefined
  if (outcome === null && !otherwise) return null
  const reason = outcome === null ? undefined : <Reason command={command} />
  return (
    <Alert
      type={state === 'refused' ? 'error' : 'warning'}
      showIcon
      className="ls-form-failure"
      title={otherwise ?? reason}
      description={otherwise ? reason : undefined}
    />
  )
}

function Reason({ command }: { command: Command }) {
  const t = useWords('commands')
  const locale = useLocale()
  const { outcome, outcomeDetails, interlockPoints, pointName } = command
  if (outcome === null) return null
  if (outcome === 'commands.noWord') return t('noWord')
  // Points by the names people know.
  const { point = '', value } = outcomeDetails
  const named = point === pointName ? command : interlockPoints[point]
  const details = {
    ...outcomeDetails,
    ...(named ? { point: nameIn(locale, named.label, named.labelEn) } : {}),
    ...(named && value !== undefined ? { value: valueText(t, named, fromText(named.valueType, value) ?? value) } : {}),
  }
  return <Panels slot="gateways.reason" props={{ code: outcome, details }} />
}
