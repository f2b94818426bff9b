import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDateTimeSeconds } from '#ui/format.ts'
import { nameIn, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, Timeline, type Tone } from '#ui/page.tsx'
import { type Command, type CommandAction, commandsApi } from '../contract.ts'
import { conditionText, limitTexts, StateTag, valueText } from './command-words.tsx'
import { Outcome } from './outcome.tsx'
import { commandQueries } from './queries.ts'
import './commands.css'

export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(commandQueries.command(id))
  return <Loaded query={query}>{(command) => <CommandPage command={command} />}</Loaded>
}

function CommandPage({ command }: { command: Command }) {
  const t = useWords('commands')
  const locale = useLocale()
  const device = nameIn(locale, command.deviceName, command.deviceNameEn)
  return (
    <Page
      title={command.number}
      tags={<StateTag state={command.state} />}
      subtitle={nextText(t, command)}
      breadcrumbs={[{ label: t('menu.commands'), path: '/commands' }]}
      actions={<Actions command={command} />}
    >
      <Outcome command={command} />
      <Section title={t(command.parameters ? 'whatIsCalled' : 'what')}>
        <div className="cm-change">
          {!command.parameters && (
            <>
              <div>
                <span className="ls-quiet">{t('valueBefore')}</span>
                <b>{valueText(t, command, command.valueBefore)}</b>
              </div>
              <span aria-hidden className="cm-arrow">
                →
              </span>
            </>
          )}
          <div>
            <span className="ls-quiet">{t(command.parameters ? 'arguments' : 'value')}</span>
            <b>{valueText(t, command, command.value)}</b>
          </div>
          <div>
            <span className="ls-quiet">{t(command.parameters ? 'givenBack' : 'readBack')}</span>
            <b>{valueText(t, command, command.readBack)}</b>
          </div>
        </div>
        <DetailGrid
          items={[
            { label: t('device'), value: <Link to={`/devices/${command.deviceId}`}>{`${device} ${command.deviceCode}`}</Link> },
            { label: t(command.parameters ? 'method' : 'point'), value: nameIn(locale, command.label, command.labelEn) },
            { label: t('purpose'), value: command.purpose },
            { label: t('requestedBy'), value: command.requestedBy },
            { label: t('requestedAt'), value: formatDateTimeSeconds(command.requestedAt) },
            command.approval && { label: t('approvedBy'), value: command.approvedBy },
            command.dueAt !== null && { label: t('dueAt'), value: formatDateTimeSeconds(command.dueAt) },
            command.endedAt !== null && { label: t('endedAt'), value: formatDateTimeSeconds(command.endedAt) },
            { label: t('limits'), value: limitTexts(t, command, command.setting).join('；') },
            command.setting.interlocks.length > 0 && {
              label: t('interlock'),
              value: command.setting.interlocks
                .map((condition) => conditionText(t, locale, condition, command.interlockPoints[condition.point]))
                .join('；'),
            },
          ]}
        />
      </Section>
      <Section title={t('timeline')}>
        <Timeline
          seconds
          entries={command.steps.map(({ action, at, by, note }, i) => ({
            key: String(i),
            at,
            title: by === null ? t(`actions.${action}`) : `${t(`actions.${action}`)} · ${by}`,
            tone: stepTones[action] ?? 'info',
            text: note,
          }))}
        />
      </Section>
    </Page>
  )
}

/** What was called has no value that was written or read back. */
function nextText(t: Words, { state, parameters }: Command): string {
  if (parameters && (state === 'done' || state === 'refused' || state === 'unknown')) return t(`nextOfCall.${state}`)
  return t(`next.${state}`)
}

const stepTones: Partial<Record<CommandAction, Tone>> = {
  confirm: 'good',
  refuse: 'bad',
  decline: 'bad',
  lose: 'warning',
  expire: 'neutral',
  withdraw: 'neutral',
}

function Actions({ command }: { command: Command }) {
  const t = useWords('commands')
  const client = useQueryClient()
  const { message, modal } = App.useApp()
  const [doing, setDoing] = useState<'approve' | 'decline'>()
  const refresh = () => client.invalidateQueries({ queryKey: ['commands'] })
  const { id, version, number, may } = command
  const withdraw = () =>
    modal.confirm({
      title: t('withdrawTitle', { number }),
      content: t('withdrawText'),
      okText: t('withdraw'),
      okButtonProps: { danger: true },
      onOk: () =>
        call(commandsApi.withdraw, { params: { id }, body: { version } })
          .catch((error: unknown) => void message.error(errorText(error, t)))
          .then(refresh),
    })
  return (
    <>
      {may.withdraw && <Button onClick={withdraw}>{t('withdraw')}</Button>}
      {may.approve && (
        <>
          <Button onClick={() => setDoing('decline')}>{t('decline')}</Button>
          <Button type="primary" onClick={() => setDoing('approve')}>
            {t('approve')}
          </Button>
        </>
      )}
      {doing && <DecideForm command={command} doing={doing} onClose={() => setDoing(undefined)} onDone={refresh} />}
    </>
  )
}

interface DecideProps {
  command: Command
  doing: 'approve' | 'decline'
  onClose: () => void
  onDone: () => Promise<unknown>
}

function DecideForm({ command, doing, onClose, onDone }: DecideProps) {
  const t = useWords('commands')
  const locale = useLocale()
  const now = useQuery(commandQueries.values(command.deviceId))
  const known = now.data?.points.find(({ point }) => point.name === command.pointName)
  const isApproval = doing === 'approve'
  return (
    <EditModal<{ note?: string }>
      open
      title={t(isApproval ? 'approveTitle' : 'declineTitle', { number: command.number })}
      submitText={t(doing)}
      danger={!isApproval}
      allowUnchanged
      successText={t('moved')}
      onClose={onClose}
      onReload={() => void onDone()}
      onSubmit={async ({ note = '' }) => {
        const given = { params: { id: command.id }, body: { version: command.version, note } }
        await (isApproval ? call(commandsApi.approve, given) : call(commandsApi.decline, given))
        await onDone()
      }}
    >
      {isApproval && (
        <Alert
          type="warning"
          showIcon
          className="ls-form-failure"
          title={t('approveText', {
            device: nameIn(locale, command.deviceName, command.deviceNameEn),
            point: nameIn(locale, command.label, command.labelEn),
            before: valueText(t, command, known?.sample?.value ?? null),
            value: valueText(t, command, command.value),
          })}
        />
      )}
      <Form.Item
        name="note"
        label={isApproval ? `${t('approveNote')}（${t('ui:optional')}）` : t('declineNote')}
        rules={isApproval ? [] : [{ required: true, min: 2, message: t('needPurpose') }]}
      >
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </EditModal>
  )
}
