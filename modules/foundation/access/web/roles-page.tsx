import { CheckOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { accessApi, type Role } from '../contract.ts'
import { byModule, PermissionField } from './permission-matrix.tsx'
import { accessQueries, permissionName, roleName } from './queries.ts'
import './access.css'

export function Component() {
  const t = useWords('access')
  const canManage = useCan('access.manageRoles')
  const query = useQuery(accessQueries.roles)
  const [editing, setEditing] = useState<Role | 'new'>()
  return (
    <Page
      title={t('roles')}
      subtitle={t('rolesSubtitle')}
      actions={
        canManage && (
          <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
            {t('addRole')}
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {({ roles, permissions }) => (
          <>
            <Section title={t('matrix')} flush>
              <Matrix roles={roles} permissions={permissions} onOpen={setEditing} />
            </Section>
            <RoleForm role={editing} all={permissions} onClose={() => setEditing(undefined)} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** Every role against every permission: who may do what, at one look. */
function Matrix({ roles, permissions, onOpen }: { roles: Role[]; permissions: string[]; onOpen: (role: Role) => void }) {
  const t = useWords('access')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className="ls-rows ls-matrix" tabIndex={0}>
      <table aria-label={t('matrix')}>
        <thead>
          <tr>
            <th scope="col">{t('permission')}</th>
            {roles.map((role) => (
              <th key={role.id} scope="col">
                <button type="button" className="ls-link" onClick={() => onOpen(role)} title={t('openRole')}>
                  {roleName(role, t)}
                </button>
                <div className="ls-quiet">{formatNumber(role.members, t('people'))}</div>
              </th>
            ))}
          </tr>
        </thead>
        {byModule(permissions).map(([module, names]) => (
          <tbody key={module}>
            <tr>
              <th scope="rowgroup" colSpan={roles.length + 1} className="ls-matrix-module">
                {t(`${module}:name`, { defaultValue: module })}
              </th>
            </tr>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">{permissionName(name, t)}</th>
                {roles.map((role) => (
                  <td key={role.id}>
                    {role.permissions.includes(name) ? (
                      <CheckOutlined aria-label={t('allowed')} className="ls-matrix-yes" />
                    ) : (
                      <span className="ls-sr">{t('notAllowed')}</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  )
}

function RoleForm({ role: given, all, onClose }: { role: Role | 'new' | undefined; all: string[]; onClose: () => void }) {
  const t = useWords('access')
  const client = useQueryClient()
  const canManage = useCan('access.manageRoles')
  const role = given === 'new' ? undefined : given
  const builtIn = role?.builtIn != null
  const refresh = () => client.invalidateQueries({ queryKey: accessQueries.roles.queryKey })
  const disabledReason = builtIn ? t('errors.builtInRole') : canManage ? undefined : t('ui:form.notAllowed')
  const initial = role ? { name: roleName(role, t), permissions: role.permissions } : undefined
  return (
    <EditDrawer<{ name: string; permissions: string[] }>
      key={role?.id ?? 'new'}
      open={given !== undefined}
      width={640}
      title={role ? roleName(role, t) : t('addRole')}
      {...(initial ? { initialValues: initial } : {})}
      disabledReason={disabledReason}
      onClose={onClose}
      onReload={() => void refresh()}
      fieldOfCode={{ 'access.nameTaken': 'name', 'access.cannotGrant': 'permissions' }}
      onSubmit={async ({ name, permissions = [] }) => {
        if (role) await call(accessApi.updateRole, { params: { id: role.id }, body: { version: role.version, name, permissions } })
        else await call(accessApi.createRole, { body: { name, permissions } })
        await refresh()
      }}
    >
      <Form.Item
        name="name"
        label={t('roleName')}
        extra={builtIn ? t('builtInHint') : undefined}
        rules={[{ required: true, whitespace: true }]}
      >
        <Input maxLength={60} disabled={builtIn || !canManage} placeholder={t('roleExample')} />
      </Form.Item>
      <Form.Item name="permissions" label={t('permissionsLabel')}>
        <PermissionField all={all} readOnly={builtIn || !canManage} />
      </Form.Item>
      {role && !builtIn && canManage && <DeleteRole role={role} onDone={onClose} />}
    </EditDrawer>
  )
}

function DeleteRole({ role, onDone }: { role: Role; onDone: () => void }) {
  const t = useWords('access')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const ask = () =>
    modal.confirm({
      title: t('deleteRoleTitle', { name: role.name }),
      content: t('deleteRoleText'),
      okText: t('ui:delete'),
      okButtonProps: { danger: true },
      cancelText: t('ui:cancel'),
      onOk: async () => {
        try {
          await call(accessApi.deleteRole, { params: { id: role.id } })
          await client.invalidateQueries({ queryKey: accessQueries.roles.queryKey })
          onDone()
        } catch (error) {
          void message.error(errorText(error, t))
        }
      },
    })
  return (
    <Button danger disabled={role.members > 0} title={role.members > 0 ? t('roleStillUsed', { n: role.members }) : undefined} onClick={ask}>
      {role.members > 0 ? t('roleStillUsed', { n: role.members }) : t('deleteRole')}
    </Button>
  )
}
