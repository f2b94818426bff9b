import { PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input, Popconfirm } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { integrationApi, RecordId, type Reference } from '../contract.ts'

const SHOWN = 100

interface Props {
  entity: string
  recordId: string
}

/** On the page of a record: how outside systems name it. */
export function Component({ entity, recordId }: Props) {
  const t = useWords('integration')
  const canRead = useCan('integration.read')
  const [adding, setAdding] = useState(false)
  const kinds = useQuery({
    queryKey: ['integration', 'kinds'],
    queryFn: ({ signal }) => call(integrationApi.referenceKinds, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: canRead,
  })
  const kind = kinds.data?.kinds.find((one) => one.entity === entity)
  const list = useQuery({
    queryKey: ['integration', 'references', entity, recordId],
    queryFn: ({ signal }) =>
      call(integrationApi.references, { query: { entity, recordId: RecordId.parse(recordId), limit: SHOWN }, signal }),
    enabled: kind !== undefined,
  })
  if (!kind || !list.data) return null
  const { items, total } = list.data
  return (
    <Section
      title={t('references')}
      extra={
        kind.canManage && (
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
            {t('add')}
          </Button>
        )
      }
    >
      <p className="ls-quiet">{items.length === 0 ? `${t('noReferences')} ${t('hint')}` : t('hint')}</p>
      {items.length > 0 && <Rows items={items} canManage={kind.canManage} />}
      {total > items.length && <p className="ls-quiet">{t('more', { shown: items.length, total })}</p>}
      <AddReference entity={entity} recordId={recordId} open={adding} onClose={() => setAdding(false)} />
    </Section>
  )
}

function Rows({ items, canManage }: { items: readonly Reference[]; canManage: boolean }) {
  const t = useWords('integration')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className="ls-rows" tabIndex={0}>
      <table aria-label={t('references')}>
        <thead>
          <tr>
            <th scope="col">{t('system')}</th>
            <th scope="col">{t('type')}</th>
            <th scope="col">{t('key')}</th>
            <th scope="col">{t('addedAt')}</th>
            {canManage && <th scope="col" aria-label={t('ui:delete')} />}
          </tr>
        </thead>
        <tbody>
          {items.map((reference) => (
            <tr key={reference.id}>
              <td>{reference.system}</td>
              <td>{reference.type}</td>
              <td style={{ overflowWrap: 'anywhere' }}>{reference.key}</td>
              <td>{formatDateTime(reference.createdAt)}</td>
              {canManage && (
                <td className="ls-cell-right">
                  <Remove reference={reference} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Remove({ reference }: { reference: Reference }) {
  const t = useWords('integration')
  const client = useQueryClient()
  const { message } = App.useApp()
  const remove = async () => {
    try {
      await call(integrationApi.removeReference, { params: { id: reference.id } })
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      await client.invalidateQueries({ queryKey: ['integration', 'references'] })
    }
  }
  return (
    <Popconfirm
      title={t('removeTitle', { key: reference.key })}
      description={t('removeText')}
      okText={t('ui:delete')}
      okButtonProps={{ danger: true }}
      cancelText={t('ui:cancel')}
      onConfirm={remove}
    >
      <Button type="link" size="small" danger>
        {t('ui:delete')}
      </Button>
    </Popconfirm>
  )
}

const WORD = /^\s*[A-Za-z0-9](?:[A-Za-z0-9._-]{0,38}[A-Za-z0-9])?\s*$/

function AddReference({ entity, recordId, open, onClose }: Props & { open: boolean; onClose: () => void }) {
  const t = useWords('integration')
  const client = useQueryClient()
  const format = { pattern: WORD, message: t('format') }
  return (
    <EditModal<{ system: string; type: string; key: string }>
      open={open}
      title={t('add')}
      successText={t('added')}
      fieldOfCode={{ 'integration.referenceTaken': 'key', 'integration.systemReserved': 'system' }}
      onClose={onClose}
      onSubmit={async (values) => {
        await call(integrationApi.addReferences, { body: { references: [{ ...values, entity, recordId: RecordId.parse(recordId) }] } })
        await client.invalidateQueries({ queryKey: ['integration', 'references'] })
      }}
    >
      <Form.Item name="system" label={t('system')} extra={t('systemHint')} rules={[{ required: true }, format]}>
        <Input maxLength={40} placeholder={t('systemExample')} autoComplete="off" />
      </Form.Item>
      <Form.Item name="type" label={t('type')} extra={t('typeHint')} rules={[{ required: true }, format]}>
        <Input maxLength={40} placeholder={t('typeExample')} autoComplete="off" />
      </Form.Item>
      <Form.Item name="key" label={t('key')} extra={t('keyHint')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={200} autoComplete="off" />
      </Form.Item>
    </EditModal>
  )
}
