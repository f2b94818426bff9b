import { Segmented } from 'antd'
import { useLocation, useNavigate } from 'react-router'
import { useWords } from '#ui/i18n.ts'
import './alarms.css'

const tabs = { console: '/alarms', events: '/alarms/events', kpis: '/alarms/kpis', rules: '/alarms/rules' } as const

/** The four sides of alarming. */
export function AlarmTabs({ children }: { children?: React.ReactNode }) {
  const t = useWords('alarms')
  const navigate = useNavigate()
  const { pathname } = useLocation()
  return (
    <div className="al-tabs">
      <Segmented<string>
        aria-label={t('menu.console')}
        value={pathname}
        onChange={(path) => void navigate(path)}
        options={Object.entries(tabs).map(([name, path]) => ({ value: path, label: t(`tabs.${name}`) }))}
      />
      {children}
    </div>
  )
}
