import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, InputNumber, Popconfirm, Select, Switch } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import type { z } from 'zod'
import { call, errorText } from '#ui/api.ts'
import { formatDateTime } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { PointTable } from '../configuration-contract.ts'
import type { PointTableId } from '../contract.ts'
import { type RollOut, type RollOutState, type RowsDifference, rollOutApi } from '../roll-out-contract.ts'
import { gatewayQueries } from './queries.ts'
import { useCodeText } from './reason-words.ts'
import './gateways.css'

const SHOWN = 50

export function Component() {
  const { id = '' } = useParams()
  const table = useQuery(gatewayQueries.pointTable(id))
  return <Loaded query={table}>{(loaded) => <RollOutPage table={loaded} />}</Loaded>
}

function RollOutPage({ table }: { table: PointTable }) {
  const t = useWords('gateways')
  const [toVersion, setToVersion] = useState<number>()
  const plan = useQuery(gatewayQueries.rollOutPlan(table.id, toVersion))
  const rollOuts = useQuery(gatewayQueries.rollOuts(table.id))
  const open = rollOuts.data?.rollOuts.some(({ state }) => state === 'canary' || state === 'paused' || state === 'running') ?? true
  return (
    <Page
      title={t('rollOut.title', { name: table.name })}
      subtitle={t('tableSubtitle', { model: table.modelName, n: table.devices })}
      breadcrumbs={[
        { label: t('menu.pointTables'), path: '/gateways/point-tables' },
        { label: table.name, path: `/gateways/point-tables/${table.id}` },
      ]}
    >
      <Loaded query={plan}>
        {(loaded) => (
          <>
            <Section title={t('rollOut.plan')}>
              <Form.Item layout="vertical" label={t('rollOut.toVersion')}>
                <Select
                  aria-label={t('rollOut.toVersion')}
                  value={loaded.toVersion}
                  onChange={setToVersion}
                  options={loaded.revisions.map(({ version, at, devices, points }) => ({
                    value: version,
                    label: t('rollOut.revision', { version, at: formatDateTime(at), devices, points }),
                  }))}
                />
              </Form.Item>
              {loaded.differences.length === 0 && <p className="ls-quiet">{t('rollOut.allSame')}</p>}
              {loaded.differences.map((difference) => (
                <Difference key={difference.fromVersion} difference={difference} from={difference.fromVersion} to={loaded.toVersion} />
              ))}
            </Section>
            <PlannedDevices plan={loaded} tableId={table.id} open={open} />
          </>
        )}
      </Loaded>
      <Loaded query={rollOuts}>
        {({ rollOuts: list }) => (
          <Section title={t('rollOut.runs')}>
            {list.length === 0 && <p className="ls-quiet">{t('rollOut.noRuns')}</p>}
            {list.map((one) => (
              <Run key={one.id} run={one} />
            ))}
          </Section>
        )}
      </Loaded>
    </Page>
  )
}

function Difference({ difference, from, to }: { difference: RowsDifference; from: number; to: number }) {
  const t = useWords('gateways')
  const { added, removed, changed } = difference
  return (
    <details open className="gw-difference">
      <summary>{t('rollOut.difference', { from, to, added: added.length, removed: removed.length, changed: changed.length })}</summary>
      <ul>
        {added.length > 0 && <li>{t('rollOut.added', { names: added.slice(0, SHOWN).join('、') })}</li>}
        {removed.length > 0 && <li>{t('rollOut.removed', { names: removed.slice(0, SHOWN).join('、') })}</li>}
        {changed.slice(0, SHOWN).map(({ name, fields }) => (
          <li key={name}>
            <code>{name}</code>{' '}
            {fields
              .map(({ field, before, after }) =>
                t('rollOut.field', { field: fieldName(t, field), before: before || '—', after: after || '—' }),
              )
              .join('；')}
          </li>
        ))}
        {changed.length > SHOWN && <li>{t('problemsMore', { n: changed.length - SHOWN })}</li>}
      </ul>
    </details>
  )
}

const fieldName = (t: ReturnType<typeof useWords>, field: string): string =>
  field.startsWith('place.') ? t(`rollOut.place.${field.slice('place.'.length)}`, { defaultValue: field }) : t(`columns.${field}`)

type Plan = z.output<typeof rollOutApi.planRollOut.response>

/** The dry run, device by device, and the way to begin. */
function PlannedDevices({ plan, tableId, open }: { plan: Plan; tableId: PointTableId; open: boolean }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const words = useCodeText()
  const canManage = useCan('gateways.manage')
  const client = useQueryClient()
  const [batchSize, setBatchSize] = useState(50)
  const [canary, setCanary] = useState(true)
  const [failure, setFailure] = useState<unknown>()
  const ready = plan.devices.filter(({ outcome }) => outcome === 'ready')
  const blocked = plan.devices.filter(({ outcome }) => outcome === 'blocked')
  const links = new Set([...ready, ...blocked].map(({ gatewayCode, linkName }) => `${gatewayCode} ${linkName}`))
  const shown = [...blocked, ...ready]
  const start = async () => {
    try {
      await call(rollOutApi.startRollOut, { params: { id: tableId }, body: { toVersion: plan.toVersion, batchSize, canary } })
      setFailure(undefined)
      await client.invalidateQueries({ queryKey: ['gateways'] })
    } catch (error) {
      setFailure(error)
    }
  }
  return (
    <Section title={t('rollOut.dryRun')}>
      <p>{t('rollOut.counts', { ready: ready.length, blocked: blocked.length, links: links.size })}</p>
      {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
      {canManage && (
        <div className="gw-bar gw-bar-fields">
          <Form.Item layout="vertical" label={t('rollOut.batchSize')}>
            <InputNumber
              aria-label={t('rollOut.batchSize')}
              min={1}
              max={500}
              precision={0}
              value={batchSize}
              onChange={(n) => setBatchSize(n ?? 50)}
            />
          </Form.Item>
          <Form.Item layout="vertical" label={t('rollOut.canary')}>
            <Switch aria-label={t('rollOut.canary')} checked={canary} onChange={setCanary} />
          </Form.Item>
          <Form.Item layout="vertical" label=" " colon={false}>
            <Button
              type="primary"
              disabled={ready.length === 0 || open}
              title={open ? t('rollOut.openAlready') : undefined}
              onClick={() => void start()}
            >
              {t('rollOut.start', { n: ready.length })}
            </Button>
          </Form.Item>
        </div>
      )}
      {shown.length > 0 && (
        <table className="gw-names">
          <thead>
            <tr>
              <th>{t('rollOut.device')}</th>
              <th>{t('rollOut.where')}</th>
              <th>{t('rollOut.from')}</th>
              <th>{t('rollOut.outcome')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, SHOWN).map((device) => (
              <tr key={device.deviceId}>
                <td>
                  {nameIn(locale, device.name, device.nameEn)} <span className="ls-quiet">{device.code}</span>
                </td>
                <td>{`${device.gatewayCode} · ${device.linkName}`}</td>
                <td>{device.fromVersion}</td>
                <td className={device.reason ? 'gw-reason' : undefined}>
                  {device.reason ? words(device.reason.code, device.reason.details) : t('rollOut.outcomes.ready')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shown.length > SHOWN && <p className="ls-quiet">{t('problemsMore', { n: shown.length - SHOWN })}</p>}
    </Section>
  )
}

const actions: Record<RollOutState, ('resume' | 'stop' | 'rollBack')[]> = {
  canary: ['stop'],
  paused: ['resume', 'stop', 'rollBack'],
  running: ['stop'],
  stopped: ['resume', 'rollBack'],
  done: ['rollBack'],
  rolledBack: [],
}
const endpoints = { resume: rollOutApi.resumeRollOut, stop: rollOutApi.stopRollOut, rollBack: rollOutApi.rollBack }

function Run({ run }: { run: RollOut }) {
  const t = useWords('gateways')
  const words = useCodeText()
  const canManage = useCan('gateways.manage')
  const client = useQueryClient()
  const [failure, setFailure] = useState<unknown>()
  const count = (state: RollOut['devices'][number]['state']) => run.devices.filter((device) => device.state === state).length
  const failed = run.devices.filter((device) => device.state === 'failed')
  const act = async (action: keyof typeof endpoints) => {
    try {
      await call(endpoints[action], { params: { id: run.id }, body: { version: run.version } })
      setFailure(undefined)
    } catch (error) {
      setFailure(error)
    }
    await client.invalidateQueries({ queryKey: ['gateways'] })
  }
  return (
    <div className="gw-link">
      <header>
        <h3>{t('rollOut.run', { version: run.toVersion, state: t(`rollOut.states.${run.state}`) })}</h3>
        <span className="ls-quiet">{t('rollOut.startedBy', { who: run.startedBy, at: formatDateTime(run.startedAt) })}</span>
        {canManage && (
          <span className="gw-link-actions">
            {actions[run.state].map((action) => (
              <Popconfirm
                key={action}
                title={t(`rollOut.confirm.${action}`)}
                okText={t(`rollOut.actions.${action}`)}
                onConfirm={() => act(action)}
              >
                <Button danger={action === 'rollBack'}>{t(`rollOut.actions.${action}`)}</Button>
              </Popconfirm>
            ))}
          </span>
        )}
      </header>
      {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
      <p>
        {t('rollOut.progress', {
          done: count('done'),
          waiting: count('waiting'),
          failed: failed.length,
          rolledBack: count('rolledBack'),
        })}
      </p>
      {failed.length > 0 && (
        <ul className="gw-problems">
          {failed.slice(0, SHOWN).map((device) => (
            <li key={device.deviceId} className="gw-reason">
              {device.code} {device.reason && words(device.reason.code, device.reason.details)}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
