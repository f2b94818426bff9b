import { useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { call } from '#ui/api.ts'
import { formatDateTime, formatQuantity } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, ErrorBoundary, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { unitName } from '#values/units.ts'
import type { Attribute } from '../attributes.ts'
import { type Material, materialsApi } from '../contract.ts'
import { MaterialDetails } from './material-details.tsx'
import { EditMaterialDrawer } from './material-form.tsx'
import { MaterialSources } from './material-sources.tsx'
import { materialQueries, useChange } from './queries.ts'
import './materials.css'

export function Component() {
  const { id = '' } = useParams()
  return <Loaded query={useQuery(materialQueries.one(id))}>{(material) => <Shown key={material.id} material={material} />}</Loaded>
}

function Shown({ material }: { material: Material }) {
  const t = useWords('materials')
  const locale = useLocale()
  const canSeePrices = useCan('materials.readPrices')
  return (
    <Page
      title={nameIn(locale, material.name, material.nameEn)}
      subtitle={[material.code, material.specification].filter(Boolean).join(' · ')}
      breadcrumbs={[{ label: t('name'), path: '/materials' }]}
      tags={<StatusTag tone={material.retired ? 'neutral' : 'good'}>{t(`states.${material.retired ? 'retired' : 'inUse'}`)}</StatusTag>}
      actions={<Actions material={material} />}
    >
      <Facts material={material} />
      <Attributes material={material} />
      <Units material={material} />
      {canSeePrices && <MaterialSources material={material} />}
      <MaterialDetails material={material} />
      <ErrorBoundary>
        <Panels slot="document" props={{ entity: 'materials.material', recordId: material.id }} />
        <Panels slot="record" props={{ entity: 'materials.material', recordId: material.id }} />
      </ErrorBoundary>
    </Page>
  )
}

function Actions({ material }: { material: Material }) {
  const t = useWords('materials')
  const { modal } = App.useApp()
  const change = useChange()
  const canManage = useCan('materials.manage')
  const [editing, setEditing] = useState(false)
  if (!canManage) return null
  const version = { params: { id: material.id }, body: { version: material.version } }
  const retire = () =>
    modal.confirm({
      title: t('retireTitle', { code: material.code }),
      content: t('retireText'),
      okText: t('retire'),
      okButtonProps: { danger: true },
      onOk: () => change(() => call(materialsApi.retire, version)),
    })
  return (
    <>
      {material.retired ? (
        <Button onClick={() => void change(() => call(materialsApi.reactivate, version))}>{t('reactivate')}</Button>
      ) : (
        <>
          <Button onClick={retire}>{t('retire')}</Button>
          <Button type="primary" onClick={() => setEditing(true)}>
            {t('edit')}
          </Button>
        </>
      )}
      <EditMaterialDrawer material={material} open={editing} onClose={() => setEditing(false)} />
    </>
  )
}

function Facts({ material }: { material: Material }) {
  const t = useWords('materials')
  const locale = useLocale()
  return (
    <Section>
      <DetailGrid
        items={[
          { label: t('code'), value: material.code },
          { label: t('category'), value: nameIn(locale, material.categoryName, material.categoryNameEn) },
          { label: t('kind'), value: t(`kinds.${material.kind}`) },
          { label: t('specification'), value: material.specification },
          { label: t('nameEn'), value: material.nameEn },
          { label: t('baseUnitLong'), value: unitName(material.baseUnit, locale === 'en-US') },
          { label: t('control'), value: t(`controls.${material.control}`) },
          { label: t('shelfLife'), value: material.shelfLifeDays === null ? null : t('nDays', { n: material.shelfLifeDays }) },
          { label: t('inspected'), value: t(material.inspectedOnReceipt ? 'yes' : 'no') },
          { label: t('createdAt'), value: formatDateTime(material.createdAt) },
          material.retiredAt !== null && { label: t('retiredAt'), value: formatDateTime(material.retiredAt) },
          material.note !== '' && { label: t('note'), value: material.note, wide: true },
        ]}
      />
    </Section>
  )
}

/** What the category asks for, then what stands here from an earlier template. */
function Attributes({ material }: { material: Material }) {
  const t = useWords('materials')
  const locale = useLocale()
  const known = new Set(material.template.map((attribute) => attribute.key))
  const others = Object.entries(material.attributes).filter(([key]) => !known.has(key))
  if (known.size + others.length === 0) return null
  const text = (value: string | boolean | undefined, unit: string | null) =>
    value === undefined ? null : typeof value === 'boolean' ? t(value ? 'yes' : 'no') : [value, unit].filter(Boolean).join(' ')
  return (
    <Section title={t('attributes')}>
      <DetailGrid
        items={[
          ...material.template.map((attribute: Attribute) => ({
            label: nameIn(locale, attribute.label, attribute.labelEn),
            value: text(material.attributes[attribute.key], attribute.unit),
          })),
          ...others.map(([key, value]) => ({ label: t('formerAttribute', { key }), value: text(value, null) })),
        ]}
      />
    </Section>
  )
}

function Units({ material }: { material: Material }) {
  const t = useWords('materials')
  const english = useLocale() === 'en-US'
  if (material.units.length === 0) return null
  const base = unitName(material.baseUnit, english)
  return (
    <Section title={t('conversions')}>
      <DetailGrid
        items={material.units.map(({ unit, factor }) => ({
          label: `1 ${unitName(unit, english)}`,
          value: `${formatQuantity(factor)} ${base}`,
        }))}
      />
    </Section>
  )
}
