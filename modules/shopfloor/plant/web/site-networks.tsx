import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import { type DeclaredNetwork, plantApi, type Site } from '../contract.ts'

/** Networks that connections to machines may go to; everything private that is not declared is refused. */
export function SiteNetworks({ site, readOnly }: { site: Site; readOnly: boolean }) {
  const t = useWords('plant')
  const canDeclare = useCan('plant.declareNetworks') && !readOnly
  const [editing, setEditing] = useState(false)
  return (
    <Section title={t('networks')} flush extra={canDeclare && <Button onClick={() => setEditing(true)}>{t('ui:edit')}</Button>}>
      {site.networks.length === 0 ? (
        <p className="ls-table-count">{t('noNetworks')}</p>
      ) : (
        <div className="ls-rows">
          <table aria-label={t('networks')}>
            <thead>
              <tr>
                <th scope="col">{t('network')}</th>
                <th scope="col">{t('networkNote')}</th>
                <th scope="col">{t('valid')}</th>
              </tr>
            </thead>
            <tbody>
              {site.networks.map((one) => (
                <NetworkRow key={`${one.network} ${one.validFrom}`} network={one} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {editing && <EditNetworks site={site} onClose={() => setEditing(false)} />}
    </Section>
  )
}

function NetworkRow({ network: { network, note, validFrom, validUntil } }: { network: DeclaredNetwork }) {
  const t = useWords('plant')
  const ended = validUntil !== null && validUntil <= formatDate(nowMs())
  return (
    <tr>
      <td>
        <code>{network}</code> {ended && <StatusTag tone="neutral">{t('ended')}</StatusTag>}
      </td>
      <td>{note}</td>
      <td>{validUntil ? t('validFromUntil', { from: validFrom, until: validUntil }) : t('validFrom', { from: validFrom })}</td>
    </tr>
  )
}

interface NetworksValues {
  networks?: { network: string; note?: string; validFrom: Dayjs; validUntil?: Dayjs | null }[]
}

function EditNetworks({ site, onClose }: { site: Site; onClose: () => void }) {
  const t = useWords('plant')
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['plant', 'site'] })
  const dateOf = (date: Dayjs) => date.format('YYYY-MM-DD')
  return (
    <EditDrawer<NetworksValues>
      open
      width={820}
      title={t('networks')}
      initialValues={{
        networks: site.networks.map((one) => ({
          network: one.network,
          note: one.note,
          validFrom: dayjs(one.validFrom),
          validUntil: one.validUntil ? dayjs(one.validUntil) : null,
        })),
      }}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async ({ networks = [] }) => {
        const body = networks.map(({ network, note, validFrom, validUntil }) => ({
          network: network.trim(),
          note: note ?? '',
          validFrom: dateOf(validFrom),
          validUntil: validUntil ? dateOf(validUntil) : null,
        }))
        await call(plantApi.declareNetworks, { params: { id: site.id }, body: { version: site.version, networks: body } })
        await refresh()
      }}
    >
      <p className="ls-quiet">{t('networksHint')}</p>
      <Form.List name="networks">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <div key={field.key} className="pl-inline">
                <Form.Item name={[field.name, 'network']} label={t('network')} rules={[{ required: true, whitespace: true }]}>
                  <Input placeholder="192.168.40.0/24" maxLength={50} />
                </Form.Item>
                <Form.Item name={[field.name, 'note']} label={t('networkNote')}>
                  <Input maxLength={80} placeholder={t('networkExample')} />
                </Form.Item>
                <Form.Item name={[field.name, 'validFrom']} label={t('from')} rules={[{ required: true }]}>
                  <DatePicker allowClear={false} />
                </Form.Item>
                <Form.Item name={[field.name, 'validUntil']} label={t('until')}>
                  <DatePicker />
                </Form.Item>
                <Button icon={<DeleteOutlined aria-hidden />} aria-label={t('ui:delete')} onClick={() => remove(field.name)} />
              </div>
            ))}
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ validFrom: pickedOfInstant(nowMs()) })}>
              {t('addNetwork')}
            </Button>
          </>
        )}
      </Form.List>
    </EditDrawer>
  )
}
