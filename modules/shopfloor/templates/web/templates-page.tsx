import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Page } from '#ui/page.tsx'
import { templateQueries } from './queries.ts'
import './templates.css'

export function Component() {
  const t = useWords('templates')
  const locale = useLocale()
  const query = useQuery(templateQueries.list)
  return (
    <Page title={t('menu.templates')} subtitle={t('subtitle')}>
      <Loaded query={query}>
        {({ templates }) => (
          <ul className="tp-cards">
            {templates.map((one) => (
              <li key={one.industry}>
                <Link to={`/templates/${one.industry}`} className="tp-card">
                  <strong>{nameIn(locale, one.name, one.nameEn)}</strong>
                  <span className="ls-quiet">{t('holds', { machines: one.machines, rules: one.rules, kpis: one.kpis })}</span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Page>
  )
}
