import { useQuery } from '@tanstack/react-query'
import { Alert, Select, Space, Switch } from 'antd'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime, formatNumber } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { MailChoice, type MailSettings, mailApi, type QuietHours, type SentMail, SmsChoice } from '../mail-contract.ts'
import { AddressSection } from './address-section.tsx'
import { messageText, notificationQueries, useMailSettings } from './queries.ts'
import './notifications.css'

/** What of the inbox is mailed too, and whether it was. */
export function Component() {
  const t = useWords('notifications')
  const query = useQuery(notificationQueries.settings)
  return (
    <Page title={t('settings.title')} subtitle={t('settings.subtitle')} breadcrumbs={[{ label: t('name'), path: '/notifications' }]}>
      <Loaded query={query}>
        {(settings) => (
          <>
            {!settings.available && <Alert type="info" showIcon title={t('settings.notAvailable')} className="notifications-note" />}
            {!settings.sms.available && <Alert type="info" showIcon title={t('settings.smsNotAvailable')} className="notifications-note" />}
            <AddressSection channel="mail" settings={settings} />
            <AddressSection channel="sms" settings={settings} />
            {(settings.email ?? settings.sms.phone) !== null && (
              <>
                <ChoiceSection settings={settings} />
                <SentLog />
              </>
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function ChoiceSection({ settings }: { settings: MailSettings }) {
  const t = useWords('notifications')
  const { normal, byKind, quiet, email, sms, version } = settings
  const { mutate, isPending } = useMailSettings(
    (change: Partial<Pick<MailSettings, 'normal' | 'byKind' | 'quiet'> & { smsByKind: MailSettings['sms']['byKind'] }>) =>
      call(mailApi.choose, { body: { normal, byKind, quiet, ...change, version } }),
  )
  const options = MailChoice.options.map((value) => ({ value, label: t(`settings.choice.${value}`) }))
  const put = (kind: string, choice: MailChoice | 'normal') => {
    const { [kind]: _, ...others } = byKind
    mutate({ byKind: choice === 'normal' ? others : { ...others, [kind]: choice } })
  }
  const smsOptions = (['none', ...SmsChoice.options] as const).map((value) => ({ value, label: t(`settings.smsChoice.${value}`) }))
  const putSms = (kind: string, choice: SmsChoice | 'none') => {
    const { [kind]: _, ...others } = sms.byKind
    mutate({ smsByKind: choice === 'none' ? others : { ...others, [kind]: choice } })
  }
  return (
    <Section title={t('settings.choices')}>
      <ul className="notifications-choices">
        {email !== null && (
          <li>
            <span>
              {t('settings.normal')} <span className="ls-quiet">{t('settings.normalHint')}</span>
            </span>
            <Select
              aria-label={t('settings.normal')}
              value={normal}
              disabled={isPending}
              options={options}
              onChange={(choice) => mutate({ normal: choice })}
            />
          </li>
        )}
        <li>
          <span>
            {t('settings.quiet')} <span className="ls-quiet">{t('settings.quietHint')}</span>
          </span>
          <QuietPicker value={quiet} disabled={isPending} onChange={(next) => mutate({ quiet: next })} />
        </li>
        {settings.kinds.map((kind) => (
          <li key={kind}>
            <span>{kindText(kind, t)}</span>
            <Space wrap>
              {email !== null && (
                <Select
                  aria-label={kindText(kind, t)}
                  value={byKind[kind] ?? 'normal'}
                  disabled={isPending}
                  options={[{ value: 'normal' as const, label: t('settings.byKind') }, ...options]}
                  onChange={(choice: MailChoice | 'normal') => put(kind, choice)}
                />
              )}
              {sms.phone !== null && (
                <Select
                  aria-label={t('settings.smsOf', { kind: kindText(kind, t) })}
                  value={sms.byKind[kind] ?? 'none'}
                  disabled={isPending}
                  options={smsOptions}
                  onChange={(choice: SmsChoice | 'none') => putSms(kind, choice)}
                />
              )}
            </Space>
          </li>
        ))}
      </ul>
      {sms.phone !== null && <p className="ls-quiet">{t('settings.smsLimit')}</p>}
      {settings.kinds.length === 0 && <p className="ls-quiet">{t('settings.noKinds')}</p>}
    </Section>
  )
}

const HALF_HOURS = Array.from({ length: 48 }, (_, i) => `${String(Math.floor(i / 2)).padStart(2, '0')}:${i % 2 === 0 ? '00' : '30'}`)
const USUAL: QuietHours = { from: '22:00', until: '07:00' }

function QuietPicker({
  value,
  disabled,
  onChange,
}: {
  value: QuietHours | null
  disabled: boolean
  onChange: (next: QuietHours | null) => void
}) {
  const t = useWords('notifications')
  const select = (end: keyof QuietHours, of: QuietHours) => (
    <Select
      className="notifications-time"
      aria-label={t(`settings.quietEnds.${end}`)}
      value={of[end]}
      disabled={disabled}
      options={[...new Set([...HALF_HOURS, of[end]])]
        .sort()
        .map((time) => ({ value: time, disabled: time === of[end === 'from' ? 'until' : 'from'] }))}
      onChange={(time) => onChange({ ...of, [end]: time })}
    />
  )
  return (
    <Space wrap>
      {value && (
        <>
          {select('from', value)} {t('settings.quietTo')} {select('until', value)}
        </>
      )}
      <Switch
        aria-label={t('settings.quiet')}
        checked={value !== null}
        disabled={disabled}
        onChange={(on) => onChange(on ? USUAL : null)}
      />
    </Space>
  )
}

/** The kind's own name where its module gives one; else what such a message says, with whatever it names left open. */
function kindText(kind: string, t: Words): string {
  const [module = '', name = ''] = kind.split('.')
  const message = messageText({ kind, values: { partner: t('settings.anyPartner') } }, t).replace(/\{\{\w+\}\}/g, '…')
  return t(`${module}:noticeNames.${name}`, { defaultValue: message })
}

const tones = { waiting: 'info', sent: 'good', failed: 'bad' } as const

function SentLog() {
  const t = useWords('notifications')
  return (
    <Section title={t('settings.log')} flush>
      <DataTable<SentMail>
        name="mails"
        label={t('settings.log')}
        prefix="mail."
        queryKey={['notifications', 'mails']}
        rowKey={(mail) => mail.id}
        pageQuery={(query, signal) => call(mailApi.mails, { query: query as never, signal })}
        defaultSort="-createdAt"
        searchable={false}
        columns={columnsOf(t)}
        filters={[
          {
            key: 'state',
            label: t('settings.state'),
            options: (['waiting', 'sent', 'failed'] as const).map((value) => ({ value, label: t(`settings.states.${value}`) })),
          },
          {
            key: 'channel',
            label: t('settings.channel'),
            options: (['mail', 'sms'] as const).map((value) => ({ value, label: t(`settings.channels.${value}`) })),
          },
        ]}
        empty={{ text: t('settings.logEmpty') }}
      />
    </Section>
  )
}

function columnsOf(t: Words): Column<SentMail>[] {
  const reason = ({ reason: code }: SentMail) => (code === null ? '' : t(`settings.reasons.${code}`, { defaultValue: code }))
  return [
    { key: 'kind', title: t('settings.kind'), primary: true, render: (mail) => messageText(mail, t), text: (mail) => messageText(mail, t) },
    { key: 'channel', title: t('settings.channel'), width: 90, render: (mail) => t(`settings.channels.${mail.channel}`) },
    { key: 'mode', title: t('settings.mode'), width: 170, render: (mail) => t(`settings.modes.${mail.mode}`) },
    {
      key: 'state',
      title: t('settings.state'),
      width: 120,
      render: ({ state }) => <StatusTag tone={tones[state]}>{t(`settings.states.${state}`)}</StatusTag>,
      text: ({ state }) => t(`settings.states.${state}`),
    },
    { key: 'attempts', title: t('settings.attempts'), width: 80, align: 'right', render: ({ attempts }) => formatNumber(attempts) },
    { key: 'reason', title: t('settings.reason'), render: reason, text: reason },
    { key: 'createdAt', title: t('settings.createdAt'), sort: 'createdAt', width: 160, render: (mail) => formatDateTime(mail.createdAt) },
    { key: 'sentAt', title: t('settings.sentAt'), width: 160, render: (mail) => formatDateTime(mail.sentAt) },
  ]
}
