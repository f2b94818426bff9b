import { useQuery } from '@tanstack/react-query'
import { Form, Input, Select, Switch } from 'antd'
import { call } from '#ui/api.ts'
import { EditDrawer, schemaRule } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { accessApi, LoginName, type RoleId, type User } from '../contract.ts'
import { accessQueries, roleName, useSites } from './queries.ts'
import type { Secret } from './secret-once.tsx'

interface UserValues {
  login: string
  displayName: string
  roleIds: RoleId[]
  siteIds?: string[]
  active?: boolean
}

const fieldOfCode = {
  'access.loginTaken': 'login',
  'access.unknownRole': 'roleIds',
  'access.separationOfDuties': 'roleIds',
  'access.cannotGrant': 'roleIds',
}

export function UserForm(props: {
  user: User | 'new' | undefined
  onClose: () => void
  onSaved: () => Promise<unknown>
  onSecret: (secret: Secret) => void
}) {
  const t = useWords('access')
  const roles = useQuery(accessQueries.roles)
  const sites = useSites()
  const user = props.user === 'new' ? undefined : props.user

  const submit = async (values: UserValues) => {
    const shared = { displayName: values.displayName, roleIds: values.roleIds, siteIds: values.siteIds ?? user?.siteIds ?? [] }
    if (user) {
      await call(accessApi.updateUser, {
        params: { personId: user.personId },
        body: { ...shared, version: user.version, active: values.active ?? user.active },
      })
    } else {
      const made = await call(accessApi.createUser, { body: { ...shared, login: values.login } })
      props.onSecret({
        title: t('userAdded', { name: made.user.displayName }),
        facts: [{ label: t('login'), value: made.user.login }],
        label: t('oneTimePassword'),
        secret: made.oneTimePassword,
      })
    }
    await props.onSaved()
  }
  return (
    <EditDrawer<UserValues>
      key={user?.personId ?? 'new'}
      open={props.user !== undefined}
      title={user ? t('editUser', { name: user.displayName }) : t('addUser')}
      {...(user
        ? { initialValues: { displayName: user.displayName, roleIds: user.roleIds, siteIds: user.siteIds, active: user.active } }
        : {})}
      onSubmit={submit}
      onClose={props.onClose}
      onReload={() => void props.onSaved()}
      fieldOfCode={fieldOfCode}
      successText={user ? t('ui:saved') : false}
    >
      {!user && (
        <Form.Item
          name="login"
          label={t('login')}
          extra={t('ui:fieldErrors.loginName')}
          rules={[{ required: true }, schemaRule(LoginName, t)]}
        >
          <Input autoFocus maxLength={60} autoComplete="off" autoCapitalize="none" spellCheck={false} placeholder="zhang.wei" />
        </Form.Item>
      )}
      <Form.Item name="displayName" label={t('displayName')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <Form.Item name="roleIds" label={t('roles')} extra={t('rolesHint')} rules={[{ required: true }]}>
        <Select
          mode="multiple"
          loading={roles.isPending}
          showSearch={{ optionFilterProp: 'label' }}
          options={roles.data?.roles.map((role) => ({ value: role.id, label: roleName(role, t) })) ?? []}
        />
      </Form.Item>
      {sites.length > 0 && (
        <Form.Item name="siteIds" label={t('sites')} extra={t('sitesHint')}>
          <Select mode="multiple" options={sites} placeholder={t('allSites')} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
      )}
      {user && (
        <Form.Item name="active" label={t('accountActive')} valuePropName="checked" extra={t('deactivateHint')}>
          <Switch />
        </Form.Item>
      )}
    </EditDrawer>
  )
}
