import { PlusOutlined, SyncOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { useNow } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditDrawer } from '#ui/form.tsx'
import { formatAge, formatDateTime } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { localPage } from '#ui/local-page.ts'
import { Page } from '#ui/page.tsx'
import { type KeptSecret, SECRET_BYTES, SHARED_PURPOSE, securityApi } from '../contract.ts'
import { actorText } from './audit-words.ts'
import { securityQueries } from './queries.ts'
import './audit.css'

/** Which secrets the organisation keeps, and under which data key: never a value. */
export function Component() {
  const t = useWords('security')
  const now = useNow(30_000)
  const [editing, setEditing] = useState<KeptSecret | 'new'>()
  const add = (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
      {t('secrets.add')}
    </Button>
  )
  return (
    <Page
      title={t('menu.secrets')}
      subtitle={t('secrets.subtitle')}
      actions={
        <>
          <RotateButton />
          {add}
        </>
      }
    >
      <DataKeyLine />
      <DataTable<KeptSecret>
        name="secrets"
        label={t('menu.secrets')}
        columns={columnsOf(t, now)}
        rowKey={(s) => s.id}
        queryKey={securityQueries.secrets.queryKey}
        pageQuery={async (query, signal) =>
          localPage((await call(securityApi.secrets, { signal })).secrets, query, {
            text: (s) => `${s.name} ${purposeText(s.purpose, t)} ${actorText(s.changedBy, t)}`,
            sorts: { name: (s) => s.name, purpose: (s) => s.purpose, changedAt: (s) => s.changedAt, lastUsedAt: (s) => s.lastUsedAt },
          })
        }
        defaultSort="name"
        onOpen={setEditing}
        empty={{ text: t('secrets.empty'), action: add }}
      />
      <SecretForm secret={editing} onClose={() => setEditing(undefined)} />
    </Page>
  )
}

/** A purpose is called by the module that it belongs to. */
function purposeText(purpose: string, t: Words): string {
  const [module = '', name] = purpose.split('.')
  return name === undefined ? t(`secrets.purposes.${module}`) : t(`${module}:secretPurposes.${name}`, { defaultValue: t(`${module}:name`) })
}

const columnsOf = (t: Words, now: number): Column<KeptSecret>[] => [
  { key: 'name', title: t('secrets.name'), sort: 'name', render: (s) => s.name, text: (s) => s.name },
  {
    key: 'purpose',
    title: t('secrets.purpose'),
    sort: 'purpose',
    render: (s) => purposeText(s.purpose, t),
    text: (s) => purposeText(s.purpose, t),
  },
  { key: 'changedBy', title: t('secrets.changedBy'), render: (s) => actorText(s.changedBy, t), text: (s) => actorText(s.changedBy, t) },
  {
    key: 'changedAt',
    title: t('secrets.changedAt'),
    sort: 'changedAt',
    render: (s) => formatDateTime(s.changedAt),
    text: (s) => formatDateTime(s.changedAt),
  },
  {
    key: 'lastUsedAt',
    title: t('secrets.lastUsedAt'),
    sort: 'lastUsedAt',
    render: (s) => (s.lastUsedAt ? formatAge(s.lastUsedAt, now, t) : t('secrets.never')),
    text: (s) => formatDateTime(s.lastUsedAt),
  },
  {
    key: 'keyVersion',
    title: t('secrets.keyVersion'),
    render: (s) => t('secrets.sealedWith', { version: s.keyVersion, algorithm: t(`secrets.algorithms.${s.algorithm}`) }),
    text: (s) => `${s.keyVersion} ${s.algorithm}`,
  },
]

/** What seals now, and since when. */
function DataKeyLine() {
  const t = useWords('security')
  const { data } = useQuery(securityQueries.secrets)
  const [newest] = data?.keys ?? []
  if (!data) return null
  return (
    <p className="ls-quiet">
      {newest
        ? t('secrets.dataKey', { version: newest.version, at: formatDateTime(newest.createdAt), master: newest.masterKey })
        : t('secrets.noDataKey')}
    </p>
  )
}

function RotateButton() {
  const t = useWords('security')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const rotate = async () => {
    try {
      const { version, secrets } = await call(securityApi.rotateDataKey, { body: {} })
      void message.success(t('secrets.rotated', { version, n: secrets }))
    } catch (error) {
      void message.error(errorText(error, t))
    }
    await client.invalidateQueries({ queryKey: securityQueries.secrets.queryKey })
  }
  const ask = () =>
    modal.confirm({
      title: t('secrets.rotateTitle'),
      content: t('secrets.rotateText'),
      okText: t('secrets.rotate'),
      cancelText: t('ui:cancel'),
      onOk: rotate,
    })
  return (
    <Button icon={<SyncOutlined aria-hidden />} onClick={ask}>
      {t('secrets.rotate')}
    </Button>
  )
}

interface SecretValues {
  name: string
  secret?: string
}

function SecretForm({ secret: given, onClose }: { secret: KeptSecret | 'new' | undefined; onClose: () => void }) {
  const t = useWords('security')
  const client = useQueryClient()
  const secret = given === 'new' ? undefined : given
  const ofModule = secret !== undefined && secret.purpose !== SHARED_PURPOSE
  const refresh = () => client.invalidateQueries({ queryKey: securityQueries.secrets.queryKey })
  const submit = async ({ name, secret: value }: SecretValues) => {
    if (secret)
      await call(securityApi.replaceSecret, {
        params: { id: secret.id },
        body: { version: secret.version, name, secret: value === undefined || value === '' ? null : value },
      })
    else await call(securityApi.keepSecret, { body: { name, secret: value ?? '' } })
    await refresh()
  }
  return (
    <EditDrawer<SecretValues>
      key={secret?.id ?? 'new'}
      open={given !== undefined}
      title={secret ? secret.name : t('secrets.add')}
      {...(secret ? { initialValues: { name: secret.name } } : {})}
      disabledReason={ofModule ? t('errors.keptByModule') : undefined}
      onSubmit={submit}
      onClose={onClose}
      onReload={() => void refresh()}
      fieldOfCode={{ 'security.secretNameTaken': 'name', 'security.secretTooLarge': 'secret' }}
    >
      <Form.Item name="name" label={t('secrets.name')} rules={[{ required: true, whitespace: true }]}>
        <Input autoFocus maxLength={80} disabled={ofModule} placeholder={t('secrets.nameExample')} />
      </Form.Item>
      <Form.Item
        name="secret"
        label={t('secrets.value')}
        extra={t(secret ? 'secrets.valueStays' : 'secrets.valueHint')}
        rules={[{ required: !secret }]}
      >
        {/* Several lines: keys in PEM. No browser offers to remember it. */}
        <Input.TextArea
          rows={4}
          maxLength={SECRET_BYTES}
          disabled={ofModule}
          autoComplete="off"
          spellCheck={false}
          className="security-secret"
        />
      </Form.Item>
      {secret && !ofModule && <ForgetButton secret={secret} onGone={() => void refresh().then(onClose)} />}
    </EditDrawer>
  )
}

function ForgetButton({ secret, onGone }: { secret: KeptSecret; onGone: () => void }) {
  const t = useWords('security')
  const { modal, message } = App.useApp()
  const ask = () =>
    modal.confirm({
      title: t('secrets.forgetTitle', { name: secret.name }),
      content: t('secrets.forgetText'),
      okText: t('secrets.forget'),
      okButtonProps: { danger: true },
      cancelText: t('ui:cancel'),
      onOk: async () => {
        try {
          await call(securityApi.forgetSecret, { params: { id: secret.id } })
          onGone()
        } catch (error) {
          void message.error(errorText(error, t))
        }
      },
    })
  return (
    <Button danger onClick={ask}>
      {t('secrets.forget')}
    </Button>
  )
}
