import { DownloadOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Select } from 'antd'
import { Link, useNavigate, useParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { formatDateTime, formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { devicesApi, type ThingModel } from '../contract.ts'
import { DOCUMENT_FORMAT } from '../thing-model.ts'
import { rangeText } from './device-points.tsx'
import { deviceQueries } from './queries.ts'
import './devices.css'

export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(deviceQueries.model(id))
  return <Loaded query={query}>{(model) => <ModelPage model={model} />}</Loaded>
}

function ModelPage({ model }: { model: ThingModel }) {
  const t = useWords('devices')
  const locale = useLocale()
  const navigate = useNavigate()
  const newest = model.versions[0]
  return (
    <Page
      title={nameIn(locale, model.name, model.nameEn)}
      subtitle={model.description || model.code}
      breadcrumbs={[{ label: t('menu.thingModels'), path: '/devices/thing-models' }]}
      tags={<StatusTag tone={model.retiredAt ? 'neutral' : 'good'}>{t(model.retiredAt ? 'modelRetired' : 'inUse')}</StatusTag>}
      actions={<ModelActions model={model} newestId={newest?.id} />}
    >
      <Section>
        <DetailGrid
          items={[
            { label: t('code'), value: model.code },
            {
              label: t('version'),
              value: (
                <Select
                  aria-label={t('version')}
                  value={model.id as string}
                  options={model.versions.map((v) => ({
                    value: v.id as string,
                    label: t('versionOf', { n: v.versionNo, at: formatDateTime(v.createdAt), devices: formatNumber(v.devices) }),
                  }))}
                  onChange={(id) => void navigate(`/devices/thing-models/${id}`)}
                />
              ),
            },
            { label: t('devicesInUse'), value: <Link to={`/devices?modelCode=${model.code}`}>{formatNumber(model.devices)}</Link> },
          ]}
        />
      </Section>
      <Properties model={model} />
      <Extras title={t('events')} rows={model.definition.events.map((e) => ({ ...e, hint: t(`severities.${e.severity}`) }))} />
      <Extras title={t('commands')} rows={model.definition.commands.map((c) => ({ ...c, hint: '' }))} />
    </Page>
  )
}

function Properties({ model }: { model: ThingModel }) {
  const t = useWords('devices')
  const locale = useLocale()
  return (
    <Section title={t('properties')} flush>
      <div className="ls-rows">
        <table aria-label={t('properties')}>
          <thead>
            <tr>
              {(['label', 'pointName', 'kind', 'valueType', 'unit', 'range', 'access'] as const).map((key) => (
                <th key={key} scope="col">
                  {t(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {model.definition.properties.map((p) => (
              <tr key={p.name}>
                <td>{nameIn(locale, p.label, p.labelEn)}</td>
                <td>
                  <code>{p.name}</code>
                </td>
                <td title={t(`kindHints.${p.kind}`)}>{t(`kinds.${p.kind}`)}</td>
                <td>{t(`valueTypes.${p.valueType}`)}</td>
                <td>{p.unit ?? '—'}</td>
                <td>
                  {p.states
                    ? Object.entries(p.states)
                        .map(([code, label]) => `${code} = ${label}`)
                        .join('，')
                    : rangeText({ ...p, unit: null })}
                </td>
                <td>{t(`accesses.${p.access}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

interface ExtraRow {
  name: string
  label: string
  labelEn: string | null
  hint: string
  parameters: { name: string; label: string; labelEn: string | null; unit: string | null }[]
}

/** Events or commands; a model without any shows none. */
function Extras({ title, rows }: { title: string; rows: ExtraRow[] }) {
  const locale = useLocale()
  if (rows.length === 0) return null
  return (
    <Section title={title}>
      <ul className="dv-plain">
        {rows.map((row) => (
          <li key={row.name}>
            <strong>{nameIn(locale, row.label, row.labelEn)}</strong> <code>{row.name}</code> {row.hint}
            {row.parameters.length > 0 && (
              <span className="ls-quiet">
                {' '}
                · {row.parameters.map((p) => `${nameIn(locale, p.label, p.labelEn)}${p.unit ? ` (${p.unit})` : ''}`).join('、')}
              </span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}

function ModelActions({ model, newestId }: { model: ThingModel; newestId: string | undefined }) {
  const t = useWords('devices')
  const canManage = useCan('devices.manage')
  const client = useQueryClient()
  const { modal, message } = App.useApp()
  const retire = () =>
    modal.confirm({
      title: t('retireModelTitle', { name: model.name }),
      content: model.devices > 0 ? t('errors.modelInUse', { n: model.devices }) : t('retireModelText'),
      okText: t('retireModel'),
      okButtonProps: { danger: true, disabled: model.devices > 0 },
      cancelText: t('ui:cancel'),
      onOk: async () => {
        try {
          await call(devicesApi.retireThingModel, { params: { id: model.id }, body: {} })
        } catch (error) {
          void message.error(errorText(error, t))
        }
        await client.invalidateQueries({ queryKey: ['devices', 'models'] })
      },
    })
  return (
    <>
      <Button icon={<DownloadOutlined aria-hidden />} onClick={() => download(model)}>
        {t('exportModel')}
      </Button>
      {canManage && !model.retiredAt && (
        <>
          <Button danger onClick={retire}>
            {t('retireModel')}
          </Button>
          <Link to={`/devices/new?model=${newestId ?? model.id}`}>
            <Button>{t('addDevice')}</Button>
          </Link>
          <Link to={`/devices/thing-models/${newestId ?? model.id}/edit`}>
            <Button type="primary">{t('newVersion')}</Button>
          </Link>
        </>
      )}
    </>
  )
}

function download(model: ThingModel): void {
  const { code, name, nameEn, description, definition } = model
  const text = JSON.stringify({ format: DOCUMENT_FORMAT, code, name, nameEn, description, ...definition }, null, 2)
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${code}-v${model.versionNo}.json`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
