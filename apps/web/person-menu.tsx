import { BankOutlined, DownOutlined, LockOutlined, LogoutOutlined, MoonOutlined, SunOutlined, UserOutlined } from '@ant-design/icons'
import { App, Button, Dropdown } from 'antd'
import { Suspense, useState } from 'react'
import { useNavigate } from 'react-router'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { useSession } from '#ui/session.ts'
import { changeTheme, usePhone, useThemeMode } from '#ui/theme.ts'
import { ChangePassword } from './lazy-parts.ts'
import { logOut } from './session-query.ts'

/** The organisation one works for; a choice only where there are several. */
export function OrganisationMenu() {
  const t = useWords('shell')
  const { message } = App.useApp()
  const session = useSession()
  const locale = useLocale()
  const name = nameIn(locale, session.organisation.name, session.organisation.nameEn)
  if (session.memberships.length < 2)
    return (
      <span className="ls-organisation" title={name}>
        {name}
      </span>
    )
  const change = async (orgId: string) => {
    try {
      await call(accessApi.switchOrganisation, { body: { orgId } })
      // Another organisation is another world: nothing of the first stays in memory.
      location.assign('/')
    } catch (error) {
      void message.error(errorText(error, t))
    }
  }
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: [session.organisation.id],
        items: session.memberships.map((m) => ({
          key: m.orgId,
          icon: <BankOutlined aria-hidden />,
          label: nameIn(locale, m.name, m.nameEn),
        })),
        onClick: ({ key }) => void change(key),
      }}
    >
      <Button type="text" className="ls-organisation" aria-label={t('switchOrganisation', { name })}>
        <span>{name}</span>
        <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  )
}

export function UserMenu() {
  const t = useWords('shell')
  const { message } = App.useApp()
  const navigate = useNavigate()
  const session = useSession()
  const phone = usePhone()
  const mode = useThemeMode()
  const [changing, setChanging] = useState(false)
  const leave = async () => {
    try {
      await logOut()
      void navigate('/log-in')
    } catch (error) {
      void message.error(errorText(error, t))
    }
  }
  const actions: Record<string, () => void> = {
    password: () => setChanging(true),
    theme: () => changeTheme(mode === 'dark' ? 'light' : 'dark'),
    sessions: () => void navigate('/access/sessions'),
    logOut: () => void leave(),
  }
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            {
              key: 'who',
              disabled: true,
              label: <span className="ls-quiet">{`${session.person.displayName} · ${session.person.login}`}</span>,
            },
            { type: 'divider' },
            { key: 'password', icon: <LockOutlined aria-hidden />, label: t('changePassword') },
            { key: 'sessions', icon: <UserOutlined aria-hidden />, label: t('mySessions') },
            {
              key: 'theme',
              icon: mode === 'dark' ? <SunOutlined aria-hidden /> : <MoonOutlined aria-hidden />,
              label: t(mode === 'dark' ? 'lightTheme' : 'darkTheme'),
            },
            { type: 'divider' },
            { key: 'logOut', icon: <LogoutOutlined aria-hidden />, label: t('logOut') },
          ],
          onClick: ({ key }) => actions[key]?.(),
        }}
      >
        <Button type="text" icon={<UserOutlined aria-hidden />} aria-label={t('personMenu', { name: session.person.displayName })}>
          {phone ? null : session.person.displayName}
        </Button>
      </Dropdown>
      <Suspense fallback={null}>{changing && <ChangePassword onClose={() => setChanging(false)} />}</Suspense>
    </>
  )
}
