import { PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Tag } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { useNow } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatAge, formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan, useSession } from '#ui/session.ts'
import { accessApi, type User } from '../contract.ts'
import { accessQueries, roleName, useSites } from './queries.ts'
import { type Secret, SecretOnce } from './secret-once.tsx'
import { UserForm } from './user-form.tsx'

export function Component() {
  const t = useWords('access')
  const canManage = useCan('access.manageUsers')
  const client = useQueryClient()
  const [editing, setEditing] = useState<User | 'new'>()
  const [secret, setSecret] = useState<Secret>()
  const refresh = () => client.invalidateQueries({ queryKey: ['access', 'users'] })
  const add = canManage && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
      {t('addUser')}
    </Button>
  )
  const columns = useUserColumns(canManage, setEditing, setSecret)
  return (
    <Page title={t('users')} subtitle={t('usersSubtitle')} actions={add}>
      <DataTable<User>
        name="users"
        label={t('users')}
        columns={columns}
        rowKey={(user) => user.personId}
        queryKey={['access', 'users']}
        pageQuery={(query, signal) => call(accessApi.users, { query: query as never, signal })}
        defaultSort="displayName"
        searchHint={t('searchUser')}
        filters={[
          {
            key: 'active',
            label: t('state'),
            options: [
              { value: 'true', label: t('active') },
              { value: 'false', label: t('inactive') },
            ],
          },
        ]}
        {...(canManage ? { onOpen: setEditing } : {})}
        empty={{ text: t('noUsers'), action: add }}
      />
      <UserForm user={editing} onClose={() => setEditing(undefined)} onSaved={refresh} onSecret={setSecret} />
      <SecretOnce secret={secret} onClose={() => setSecret(undefined)} />
    </Page>
  )
}

function useUserColumns(canManage: boolean, edit: (user: User) => void, onSecret: (secret: Secret) => void): Column<User>[] {
  const t = useWords('access')
  const now = useNow(30_000)
  const roles = useQuery(accessQueries.roles)
  const sites = useSites()
  const rolesOf = (user: User) =>
    user.roleIds.map((id, i) => {
      const role = roles.data?.roles.find((r) => r.id === id)
      return role ? roleName(role, t) : (user.roleNames[i] ?? '')
    })
  const sitesOf = (user: User) =>
    user.siteIds.length === 0
      ? t('allSites')
      : user.siteIds.map((id) => sites.find((s) => s.value === id)?.label ?? t('unknownSite')).join('、')
  const columns: Column<User>[] = [
    { key: 'displayName', title: t('displayName'), sort: 'displayName', render: (u) => u.displayName, text: (u) => u.displayName },
    { key: 'login', title: t('login'), sort: 'login', render: (u) => u.login, text: (u) => u.login },
    {
      key: 'roles',
      title: t('roles'),
      render: (u) => rolesOf(u).map((name) => <Tag key={name}>{name}</Tag>),
      text: (u) => rolesOf(u).join('、'),
    },
    { key: 'sites', title: t('sites'), render: sitesOf, text: sitesOf },
    {
      key: 'lastSeenAt',
      title: t('lastSeen'),
      sort: 'lastSeenAt',
      render: (u) => <span title={formatDateTime(u.lastSeenAt)}>{u.lastSeenAt ? formatAge(u.lastSeenAt, now, t) : t('never')}</span>,
      text: (u) => formatDateTime(u.lastSeenAt),
    },
    {
      key: 'active',
      title: t('state'),
      render: (u) => <StatusTag tone={u.active ? 'good' : 'neutral'}>{t(u.active ? 'active' : 'inactive')}</StatusTag>,
      text: (u) => t(u.active ? 'active' : 'inactive'),
    },
  ]
  if (canManage)
    columns.push({
      key: 'actions',
      title: '',
      actions: true,
      render: (u) => <UserActions user={u} onEdit={() => edit(u)} onSecret={onSecret} />,
    })
  return columns
}

function UserActions({ user, onEdit, onSecret }: { user: User; onEdit: () => void; onSecret: (secret: Secret) => void }) {
  const t = useWords('access')
  const { modal, message } = App.useApp()
  const own = useSession().person.id === user.personId
  const reset = () =>
    modal.confirm({
      title: t('resetPasswordTitle', { name: user.displayName }),
      content: t('resetPasswordText'),
      okText: t('resetPassword'),
      cancelText: t('ui:cancel'),
      onOk: async () => {
        try {
          const { oneTimePassword } = await call(accessApi.resetPassword, { params: { personId: user.personId }, body: {} })
          onSecret({
            title: t('resetPassword'),
            facts: [{ label: t('login'), value: user.login }],
            label: t('oneTimePassword'),
            secret: oneTimePassword,
          })
        } catch (error) {
          void message.error(errorText(error, t))
        }
      },
    })
  return (
    <>
      <Button type="link" size="small" onClick={onEdit}>
        {t('ui:edit')}
      </Button>
      <Button type="link" size="small" onClick={reset} disabled={own || !user.active} title={own ? t('errors.ownAccount') : undefined}>
        {t('resetPassword')}
      </Button>
    </>
  )
}
