import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, DatePicker, Form, Input, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { DataTable } from '#ui/data-table.tsx'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { localPage } from '#ui/local-page.ts'
import { Page } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import { type Account, AccountKind, ledgerApi, Side } from '../ledger-contract.ts'
import { financeQueries } from './queries.ts'
import './finance.css'

export function Component() {
  const t = useWords('finance')
  const client = useQueryClient()
  const { message } = App.useApp()
  const may = useCan('finance.manage')
  const [editing, setEditing] = useState<Account | 'new'>()
  const accounts = useQuery(financeQueries.accounts())
  const none = accounts.data?.accounts.length === 0
  const changed = () => client.invalidateQueries({ queryKey: ['finance'] })
  const open = async () => {
    await call(ledgerApi.openLedger).then(changed, (error: unknown) => message.error(errorText(error, t)))
  }
  return (
    <Page
      title={t('accounts.title')}
      subtitle={t('accounts.subtitle')}
      actions={may && !none && <Button onClick={() => setEditing('new')}>{t('accounts.add')}</Button>}
    >
      <DataTable<Account>
        name="finance-accounts"
        label={t('accounts.title')}
        queryKey={['finance', 'accounts', 'table']}
        rowKey={(row) => row.id}
        defaultSort="code"
        searchHint={t('accounts.searchHint')}
        pageQuery={async (query) => {
          const { accounts: rows } = await client.fetchQuery({ ...financeQueries.accounts(), staleTime: 1_000 })
          return localPage(rows, query, {
            text: (row) => `${row.code} ${row.name} ${row.nameEn ?? ''}`,
            sorts: { code: (row) => row.code },
          })
        }}
        {...(may ? { onOpen: (row: Account) => setEditing(row) } : {})}
        columns={[
          {
            key: 'code',
            title: t('accounts.code'),
            sort: 'code',
            width: 140,
            text: (row) => row.code,
            render: (row) => <span style={{ paddingInlineStart: `${(row.code.split('.').length - 1) * 16}px` }}>{row.code}</span>,
          },
          {
            key: 'name',
            title: t('accounts.name'),
            primary: true,
            text: (row) => row.name,
            render: (row) => (row.leaf ? row.name : <strong>{row.name}</strong>),
          },
          { key: 'kind', title: t('accounts.kind'), render: (row) => t(`accountKinds.${row.kind}`), width: 90 },
          { key: 'side', title: t('accounts.side'), render: (row) => t(`sides.${row.side}`), width: 90 },
          {
            key: 'valid',
            title: t('accounts.valid'),
            render: (row) => `${formatDate(row.validFrom)} – ${row.validUntil === null ? t('accounts.open') : formatDate(row.validUntil)}`,
          },
          { key: 'source', title: t('accounts.source'), render: (row) => row.source },
        ]}
        empty={{
          text: t('accounts.empty'),
          action: may && (
            <Button type="primary" onClick={() => void open()}>
              {t('accounts.openTemplate')}
            </Button>
          ),
        }}
      />
      <NewAccount open={editing === 'new'} onClose={() => setEditing(undefined)} onDone={() => void changed()} />
      <ChangeAccount
        account={editing === 'new' ? undefined : editing}
        onClose={() => setEditing(undefined)}
        onDone={() => void changed()}
      />
    </Page>
  )
}

interface NewValues {
  code: string
  name: string
  kind: Account['kind']
  side: Account['side']
  validFrom: Dayjs
}

function NewAccount({ open, onClose, onDone }: { open: boolean; onClose: () => void; onDone: () => void }) {
  const t = useWords('finance')
  return (
    <EditDrawer<NewValues>
      open={open}
      title={t('accounts.add')}
      initialValues={{ kind: 'asset', side: 'debit', validFrom: pickedOfInstant(nowMs()).startOf('month') }}
      fieldOfCode={{ 'finance.codeTaken': 'code', 'finance.parentMissing': 'code', 'finance.parentUsed': 'code' }}
      onClose={onClose}
      onSubmit={async ({ validFrom, ...values }) => {
        await call(ledgerApi.createAccount, { body: { ...values, nameEn: null, validFrom: validFrom.format('YYYY-MM-DD') } })
        onDone()
      }}
    >
      <Form.Item
        name="code"
        label={t('accounts.code')}
        extra={t('accounts.codeHint')}
        rules={[{ required: true, pattern: /^[0-9]{4}(\.[0-9]{2,4}){0,4}$/, message: t('accounts.codeForm') }]}
      >
        <Input maxLength={24} />
      </Form.Item>
      <Form.Item name="name" label={t('accounts.name')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={80} />
      </Form.Item>
      <Form.Item name="kind" label={t('accounts.kind')} extra={t('accounts.kindHint')}>
        <Select options={AccountKind.options.map((value) => ({ value, label: t(`accountKinds.${value}`) }))} />
      </Form.Item>
      <Form.Item name="side" label={t('accounts.side')}>
        <Select options={Side.options.map((value) => ({ value, label: t(`sides.${value}`) }))} />
      </Form.Item>
      <Form.Item name="validFrom" label={t('accounts.validFrom')} rules={[{ required: true }]}>
        <DatePicker />
      </Form.Item>
    </EditDrawer>
  )
}

interface ChangeValues {
  name: string
  validUntil: Dayjs | null
}

function ChangeAccount({ account, onClose, onDone }: { account: Account | undefined; onClose: () => void; onDone: () => void }) {
  const t = useWords('finance')
  return (
    <EditDrawer<ChangeValues>
      open={account !== undefined}
      title={`${account?.code ?? ''} ${account?.name ?? ''}`}
      initialValues={{ name: account?.name ?? '', validUntil: account?.validUntil ? dayjs(account.validUntil) : null }}
      fieldOfCode={{ 'finance.accountUsed': 'validUntil' }}
      onReload={onDone}
      onClose={onClose}
      onSubmit={async ({ name, validUntil }) => {
        if (!account) return
        await call(ledgerApi.changeAccount, {
          params: { id: account.id },
          body: { version: account.version, name, nameEn: account.nameEn, validUntil: validUntil?.format('YYYY-MM-DD') ?? null },
        })
        onDone()
      }}
    >
      <Form.Item name="name" label={t('accounts.name')} extra={t('accounts.nameHint')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={80} />
      </Form.Item>
      <Form.Item name="validUntil" label={t('accounts.validUntil')}>
        <DatePicker />
      </Form.Item>
    </EditDrawer>
  )
}
