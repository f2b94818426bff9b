import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form, InputNumber, Radio } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { EMPTY, formatDateTime, formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { telemetryApi } from '../contract.ts'
import { fewestMonths, type KeptMonths, MOST_MONTHS, RETENTION_GRACE_HOURS, Tier } from '../retention.ts'
import { type Retention, telemetryQueries } from './queries.ts'
import './telemetry.css'

/** How long values are kept, and what a change would delete before it is made. */
export function Component() {
  const t = useWords('telemetry')
  const query = useQuery(telemetryQueries.retention)
  return (
    <Page title={t('retention.title')} subtitle={t('retention.subtitle')}>
      <Loaded query={query}>
        {(retention) => (
          <>
            <Stored retention={retention} />
            <Setting key={retention.version} retention={retention} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

const useMonthsText = () => {
  const t = useWords('telemetry')
  return (months: number | null) => (months === null ? t('retention.forEver') : t('retention.months', { n: months }))
}

function Stored({ retention }: { retention: Retention }) {
  const t = useWords('telemetry')
  const monthsText = useMonthsText()
  const kept = retention.own ?? retention.byDefault
  return (
    <Section title={t('retention.stored')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="tm-scroll" tabIndex={0} aria-label={t('retention.stored')}>
        <table className="tm-days">
          <thead>
            <tr>
              <th scope="col">{t('retention.kind')}</th>
              <th scope="col">{t('retention.keptFor')}</th>
              <th scope="col">{t('retention.rows')}</th>
              <th scope="col">{t('retention.oldest')}</th>
              <th scope="col">{t('retention.goneBefore')}</th>
            </tr>
          </thead>
          <tbody>
            {retention.tiers.map((tier) => (
              <tr key={tier.tier}>
                <td>{t(`retention.tiers.${tier.tier}`)}</td>
                <td>{monthsText(kept[tier.tier])}</td>
                <td>{formatNumber(tier.rows)}</td>
                <td>{formatDateTime(tier.oldest)}</td>
                <td>{tier.goneBefore === null ? EMPTY : formatDateTime(tier.goneBefore)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {retention.changedAt !== null && (
        <p className="ls-quiet">{t('retention.changedAt', { at: formatDateTime(retention.changedAt), hours: RETENTION_GRACE_HOURS })}</p>
      )}
    </Section>
  )
}

interface Values {
  whose: 'default' | 'own'
  raw: number | null
  minute: number | null
  hour: number | null
}

const keptOf = (values: Values): KeptMonths | null =>
  values.whose === 'default' ? null : { raw: values.raw ?? null, minute: values.minute ?? null, hour: values.hour ?? null }

function Setting({ retention }: { retention: Retention }) {
  const t = useWords('telemetry')
  const monthsText = useMonthsText()
  const [form] = Form.useForm<Values>()
  const [asked, setAsked] = useState<KeptMonths | null>()
  const whose = Form.useWatch('whose', form) ?? (retention.own ? 'own' : 'default')
  const initial: Values = { whose: retention.own ? 'own' : 'default', ...(retention.own ?? retention.byDefault) }
  return (
    <Section title={t('retention.setting')}>
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={initial}
        onFinish={(values) => setAsked(keptOf({ ...initial, ...values }))}
        className="tm-retention"
      >
        <Form.Item name="whose" label={t('retention.whose')}>
          <Radio.Group
            options={[
              {
                value: 'default',
                label: t('retention.byDefault', {
                  list: Tier.options
                    .map((tier) => `${t(`retention.tiers.${tier}`)} ${monthsText(retention.byDefault[tier])}`)
                    .join(t('ui:listSeparator')),
                }),
              },
              { value: 'own', label: t('retention.own') },
            ]}
          />
        </Form.Item>
        {whose === 'own' &&
          Tier.options.map((tier) => (
            <Form.Item
              key={tier}
              name={tier}
              label={t(`retention.tiers.${tier}`)}
              extra={t(`retention.hints.${tier}`, { n: fewestMonths[tier] })}
            >
              <InputNumber
                min={fewestMonths[tier]}
                max={MOST_MONTHS}
                precision={0}
                suffix={t('retention.unit')}
                placeholder={t('retention.forEver')}
                className="tm-months"
              />
            </Form.Item>
          ))}
        <Button type="primary" htmlType="submit">
          {t('retention.preview')}
        </Button>
      </Form>
      {asked !== undefined && <Confirm kept={asked} version={retention.version} onClose={() => setAsked(undefined)} />}
    </Section>
  )
}

/** What will be deleted, in numbers, before it is saved. */
function Confirm({ kept, version, onClose }: { kept: KeptMonths | null; version: number; onClose: () => void }) {
  const t = useWords('telemetry')
  const client = useQueryClient()
  const [understood, setUnderstood] = useState(false)
  const preview = useQuery(telemetryQueries.retentionPreview(kept))
  const doomed = (preview.data?.doomed ?? []).filter((one) => one.rows > 0)
  const waveforms = preview.data?.waveforms ?? 0
  const deletes = doomed.length > 0 || waveforms > 0
  const mustUnderstand = deletes && !understood
  return (
    <EditModal
      open
      title={t('retention.confirmTitle')}
      width={560}
      allowUnchanged
      danger={deletes}
      disabledReason={preview.data === undefined ? t('ui:loading') : mustUnderstand ? t('retention.understandFirst') : undefined}
      onSubmit={async () => {
        await call(telemetryApi.changeRetention, { body: { version, kept } })
        await client.invalidateQueries({ queryKey: ['telemetry', 'retention'] })
      }}
      onClose={onClose}
    >
      <Loaded query={preview}>
        {() =>
          !deletes ? (
            <p>{t('retention.nothingNow')}</p>
          ) : (
            <>
              <Alert
                type="warning"
                showIcon
                className="ls-form-failure"
                title={t('retention.willDelete', { hours: RETENTION_GRACE_HOURS })}
              />
              <ul>
                {doomed.map((one) => (
                  <li key={one.tier}>
                    {t('retention.doomed', {
                      tier: t(`retention.tiers.${one.tier}`),
                      n: formatNumber(one.rows),
                      from: formatDateTime(one.oldest),
                      before: formatDateTime(one.before),
                    })}
                  </li>
                ))}
                {waveforms > 0 && <li>{t('retention.doomedWaveforms', { n: formatNumber(waveforms) })}</li>}
              </ul>
              <Checkbox checked={understood} onChange={(e) => setUnderstood(e.target.checked)}>
                {t('retention.understood')}
              </Checkbox>
            </>
          )
        }
      </Loaded>
    </EditModal>
  )
}
