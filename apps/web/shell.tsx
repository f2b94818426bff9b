import { GlobalOutlined, MenuOutlined, SearchOutlined } from '@ant-design/icons'
import { Button, Drawer, Layout, Menu } from 'antd'
import { Suspense, useEffect, useState } from 'react'
import { Link, Outlet, useLocation, useNavigation } from 'react-router'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { call } from '#ui/api.ts'
import { changeLocale, useLocale, useWords } from '#ui/i18n.ts'
import { Icon } from '#ui/icons.tsx'
import { allPages } from '#ui/module-pages.ts'
import { DemoTag, ErrorBoundary, OfflineTag, SandboxTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useSession } from '#ui/session.ts'
import { useStored } from '#ui/table-state.ts'
import { usePhone } from '#ui/theme.ts'
import { activeEntry, menuOf } from './home-path.ts'
import { ChangePassword, SearchPalette } from './lazy-parts.ts'
import { OrganisationMenu, UserMenu } from './person-menu.tsx'
import './shell.css'

export function Shell() {
  const t = useWords('shell')
  const session = useSession()
  const phone = usePhone()
  const [collapsed, setCollapsed] = useStored('lianshu.menu.collapsed', false)
  const [menuOpen, setMenuOpen] = useState(false)
  const { pathname } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the phone's menu
  useEffect(() => setMenuOpen(false), [pathname])

  if (session.person.mustChangePassword)
    return (
      <Suspense fallback={null}>
        <ChangePassword forced />
      </Suspense>
    )
  return (
    <Layout className="ls-shell">
      <a className="ls-skip" href="#content">
        {t('ui:skipToContent')}
      </a>
      {phone ? (
        <Drawer
          open={menuOpen}
          placement="left"
          size={264}
          onClose={() => setMenuOpen(false)}
          title={<Brand />}
          classNames={{ section: 'ls-menu-drawer' }}
          styles={{ body: { padding: 0 } }}
        >
          <MainMenu />
        </Drawer>
      ) : (
        <Layout.Sider width={220} collapsedWidth={64} collapsed={collapsed} className="ls-sider">
          <Brand short={collapsed} />
          <MainMenu />
        </Layout.Sider>
      )}
      <Layout>
        <Header onMenu={() => (phone ? setMenuOpen(true) : setCollapsed(!collapsed))} />
        <main id="content" className="ls-content" tabIndex={-1}>
          <Progress />
          <ErrorBoundary key={pathname}>
            <Suspense fallback={null}>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </main>
      </Layout>
    </Layout>
  )
}

function Brand({ short = false }: { short?: boolean }) {
  const t = useWords()
  return (
    <Link to="/" className="ls-brand" aria-label={t('ui:product')}>
      <img src="/logo.svg" alt="" width={28} height={28} />
      {!short && <span>{t('ui:product')}</span>}
    </Link>
  )
}

function MainMenu() {
  const t = useWords('shell')
  const session = useSession()
  const { pathname } = useLocation()
  const groups = menuOf(allPages(), session)
  const active = activeEntry(
    groups.flatMap((g) => g.entries.map((e) => e.path)),
    pathname,
  )
  return (
    <nav aria-label={t('menu')}>
      <Menu
        theme="dark"
        mode="inline"
        selectedKeys={active ? [active] : []}
        items={groups.map(({ group, entries }) => ({
          type: 'group' as const,
          key: group,
          label: t(`groups.${group}`),
          children: entries.map((entry) => ({
            key: entry.path,
            icon: <Icon name={entry.icon} />,
            label: (
              <Link to={entry.path} {...(entry.path === active && { 'aria-current': 'page' as const })}>
                {t(`${entry.module}:${entry.label}`)}
              </Link>
            ),
          })),
        }))}
      />
    </nav>
  )
}

function Header({ onMenu }: { onMenu: () => void }) {
  const t = useWords('shell')
  const session = useSession()
  const phone = usePhone()
  const [searching, setSearching] = useState(false)
  useSearchKey(() => setSearching(true))
  return (
    <header className="ls-header">
      <Button type="text" icon={<MenuOutlined aria-hidden />} aria-label={t('toggleMenu')} onClick={onMenu} />
      <OrganisationMenu />
      {session.organisation.demo && <DemoTag />}
      {session.organisation.sandbox && <SandboxTag />}
      {session.csrfToken === '' && <OfflineTag />}
      <span className="ls-header-space" />
      {phone ? (
        <Button type="text" icon={<SearchOutlined aria-hidden />} aria-label={t('search')} onClick={() => setSearching(true)} />
      ) : (
        <button type="button" className="ls-search-button" onClick={() => setSearching(true)}>
          <SearchOutlined aria-hidden /> {t('search')} <kbd>Ctrl K</kbd>
        </button>
      )}
      <Panels slot="header" props={{}} />
      <LocaleButton />
      <UserMenu />
      <Suspense fallback={null}>{searching && <SearchPalette onClose={() => setSearching(false)} />}</Suspense>
    </header>
  )
}

function useSearchKey(open: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest('input,textarea,[contenteditable]') !== null
      const wanted = (event.key === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !typing)
      if (!wanted) return
      event.preventDefault()
      open()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [open])
}

/** Switches between Chinese and English; before the log-in there is nobody whose choice the server could keep. */
export function LocaleButton({ signedIn = true }: { signedIn?: boolean }) {
  const t = useWords('shell')
  const locale = useLocale()
  const next = locale === 'zh-CN' ? 'en-US' : 'zh-CN'
  const change = async () => {
    await changeLocale(next)
    if (signedIn) await call(accessApi.setLocale, { body: { locale: next } }).catch(() => undefined)
  }
  return (
    <Button type="text" icon={<GlobalOutlined aria-hidden />} onClick={() => void change()} lang={next} aria-label={t('switchLanguage')}>
      {next === 'zh-CN' ? '中文' : 'EN'}
    </Button>
  )
}

/** A thin line while the next page's script is on its way. */
function Progress() {
  const { state } = useNavigation()
  return state === 'idle' ? null : <div className="ls-progress" aria-hidden />
}
