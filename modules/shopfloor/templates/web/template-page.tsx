import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Input, Select } from 'antd'
import { useState } from 'react'
import { useParams, useSearchParams } from 'react-router'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { Template } from '../contract.ts'
import { KpiList, PlaceList } from './lists.tsx'
import { MachineCard } from './machine-card.tsx'
import { templateQueries } from './queries.ts'
import { type Applied, useApply } from './use-apply.ts'
import './templates.css'

export function Component() {
  const { industry = '' } = useParams()
  const [params] = useSearchParams()
  const sites = useQuery(templateQueries.sites)
  const siteId = params.get('site') ?? sites.data?.[0]?.id
  const query = useQuery({ ...templateQueries.template(industry, siteId), enabled: !sites.isLoading })
  return <Loaded query={query}>{(template) => <TemplateView key={industry} template={template} siteId={siteId} />}</Loaded>
}

const DEFAULT_PROTOCOL = 'modbus'

function TemplateView({ template, siteId }: { template: Template; siteId: string | undefined }) {
  const t = useWords('templates')
  const locale = useLocale()
  const canApply = useCan('templates.apply')
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [protocols, setProtocols] = useState<Readonly<Record<string, string | null>>>({})
  const [withPlaces, setWithPlaces] = useState(true)
  const [newSite, setNewSite] = useState('')
  const { apply, applying, applied } = useApply(template.industry)
  const protocolOf = (code: string) => (code in protocols ? (protocols[code] ?? null) : DEFAULT_PROTOCOL)
  const chosen = template.machines.filter(({ code }) => !left.has(code))
  const first = withPlaces && siteId === undefined ? newSite.trim() : null
  const why = chosen.length === 0 ? t('chooseMachine') : first === '' ? t('nameSite') : undefined
  const start = () =>
    apply({
      siteId: withPlaces ? ((siteId ?? null) as never) : null,
      newSite: first === '' ? null : first,
      machines: chosen.map(({ code }) => ({ code, protocol: protocolOf(code) })),
    })
  const toggle = (code: string) => {
    const next = new Set(left)
    if (!next.delete(code)) next.add(code)
    setLeft(next)
  }
  return (
    <Page
      title={t('titleOf', { name: nameIn(locale, template.name, template.nameEn) })}
      subtitle={t('pageSubtitle')}
      breadcrumbs={[{ label: t('menu.templates'), path: '/templates' }]}
      actions={
        canApply && (
          <Button type="primary" loading={applying} disabled={why !== undefined} title={why} onClick={() => void start()}>
            {t('apply', { n: chosen.length })}
          </Button>
        )
      }
    >
      {applied && <Done applied={applied} />}
      <Alert type="info" showIcon className="tp-note" title={t('notes.title')} description={<Notes />} />
      <Section
        title={t('places')}
        extra={
          <Checkbox checked={withPlaces} onChange={(e) => setWithPlaces(e.target.checked)}>
            {t('withPlaces')}
          </Checkbox>
        }
      >
        {withPlaces && <SiteChoice siteId={siteId} newSite={newSite} onNewSite={setNewSite} />}
        <PlaceList places={template.places} />
      </Section>
      <Section title={t('machines', { n: template.machines.length })}>
        <div className="tp-machines">
          {template.machines.map((machine) => (
            <MachineCard
              key={machine.code}
              machine={machine}
              chosen={!left.has(machine.code)}
              protocol={protocolOf(machine.code)}
              onToggle={() => toggle(machine.code)}
              onProtocol={(protocol) => setProtocols({ ...protocols, [machine.code]: protocol })}
            />
          ))}
        </div>
      </Section>
      <Section title={t('kpis', { n: template.kpis.length })}>
        <KpiList template={template} />
      </Section>
    </Page>
  )
}

function Notes() {
  const t = useWords('templates')
  return (
    <ul className="tp-notes">
      {['never', 'addresses', 'limits', 'kpis', 'later'].map((note) => (
        <li key={note}>{t(`notes.${note}`)}</li>
      ))}
    </ul>
  )
}

/** Where workshops and lines go; an empty plant gets its first site by name. */
function SiteChoice({ siteId, newSite, onNewSite }: { siteId: string | undefined; newSite: string; onNewSite: (name: string) => void }) {
  const t = useWords('templates')
  const locale = useLocale()
  const [, setParams] = useSearchParams()
  const sites = useQuery(templateQueries.sites)
  if (siteId === undefined)
    return (
      <div className="tp-field">
        <span>{t('newSite')}</span>
        <Input
          aria-label={t('newSite')}
          value={newSite}
          maxLength={80}
          placeholder={t('newSiteExample')}
          onChange={(e) => onNewSite(e.target.value)}
        />
      </div>
    )
  return (
    <div className="tp-field">
      <span>{t('site')}</span>
      <Select
        aria-label={t('site')}
        value={siteId}
        onChange={(site) => setParams({ site })}
        options={(sites.data ?? []).map((site) => ({ value: site.id as string, label: nameIn(locale, site.name, site.nameEn) }))}
      />
    </div>
  )
}

function Done({ applied }: { applied: Applied }) {
  const t = useWords('templates')
  const { made, kept, blocked } = applied
  return (
    <Alert
      type={blocked.length > 0 ? 'warning' : 'success'}
      showIcon
      className="tp-note"
      title={t('made', { ...made })}
      description={
        <>
          <div>{t('kept', { ...kept })}</div>
          {blocked.length > 0 && <div>{t('blocked', { names: blocked.map(({ rule }) => rule).join('、') })}</div>}
          <div>{t('next')}</div>
        </>
      }
    />
  )
}
