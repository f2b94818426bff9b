import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Image, Popconfirm } from 'antd'
import { type ReactNode, useState } from 'react'
import { Link } from 'react-router'
import { apiUrl, call, errorText } from '#ui/api.ts'
import { formatBytes, formatDateTime, formatQuantity, formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { Endpoint } from '#values/endpoint.ts'
import { unitName } from '#values/units.ts'
import type { Material } from '../contract.ts'
import { type Details, detailApi, type MaterialDocument } from '../detail-contract.ts'
import { AddBarcode, AddDocument, AddEquipment, AddSubstitute } from './detail-forms.tsx'
import { materialQueries, useChange } from './queries.ts'
import './materials.css'

/** Codes to scan, substitutes, machines, drawings and images. */
export function MaterialDetails({ material }: { material: Material }) {
  return (
    <Loaded query={useQuery(materialQueries.details(material.id))}>
      {(details) => (
        <>
          <Packages material={material} />
          <Documents material={material} documents={details.documents} />
          <Barcodes material={material} details={details} />
          <Substitutes material={material} details={details} />
          <EquipmentList material={material} details={details} />
        </>
      )}
    </Loaded>
  )
}

interface Props {
  material: Material
  details: Details
}

function Part(props: {
  title: string
  add: string
  none: string
  empty: boolean
  form: (onClose: () => void) => ReactNode
  children: ReactNode
}) {
  const canManage = useCan('materials.manage')
  const [adding, setAdding] = useState(false)
  return (
    <Section
      title={props.title}
      flush
      extra={
        canManage && (
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
            {props.add}
          </Button>
        )
      }
    >
      {props.empty ? <p className="ls-quiet mt-empty">{props.none}</p> : <div className="mt-scroll">{props.children}</div>}
      {adding && props.form(() => setAdding(false))}
    </Section>
  )
}

function Remove({ endpoint, id, partId }: { endpoint: Endpoint; id: string; partId: string }) {
  const t = useWords('materials')
  const { message } = App.useApp()
  const change = useChange()
  const canManage = useCan('materials.manage')
  if (!canManage) return null
  const remove = () =>
    change(() => call(endpoint as typeof detailApi.removeBarcode, { params: { id: id as never, partId: partId as never } })).catch(
      (error) => message.error(errorText(error, t)),
    )
  return (
    <Popconfirm title={t('removeTitle')} okText={t('remove')} onConfirm={() => void remove()}>
      <Button size="small">{t('remove')}</Button>
    </Popconfirm>
  )
}

function Packages({ material }: { material: Material }) {
  const t = useWords('materials')
  const english = useLocale() === 'en-US'
  if (material.packages.length === 0) return null
  return (
    <Section title={t('packages.title')} flush>
      <div className="mt-scroll">
        <table className="mt-table">
          <thead>
            <tr>
              <th>{t('packages.unit')}</th>
              <th className="mt-number">{t('packages.quantity')}</th>
              <th>{t('packages.size')}</th>
              <th className="mt-number">{t('packages.gross')}</th>
            </tr>
          </thead>
          <tbody>
            {material.packages.map((one) => (
              <tr key={`${one.unit} ${one.quantity}`}>
                <td>{unitName(one.unit, english)}</td>
                <td data-label={t('packages.quantity')} className="mt-number">
                  {formatQuantity(one.quantity)} {unitName(material.baseUnit, english)}
                </td>
                <td data-label={t('packages.size')}>
                  {one.lengthMm && one.widthMm && one.heightMm ? `${one.lengthMm} × ${one.widthMm} × ${one.heightMm} mm` : '—'}
                </td>
                <td data-label={t('packages.gross')} className="mt-number">
                  {one.grossKg === null ? '—' : `${formatQuantity(one.grossKg)} kg`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function Barcodes({ material, details }: Props) {
  const t = useWords('materials')
  const english = useLocale() === 'en-US'
  return (
    <Part
      title={t('barcodes.title')}
      add={t('barcodes.add')}
      none={t('barcodes.none')}
      empty={details.barcodes.length === 0}
      form={(onClose) => <AddBarcode material={material} onClose={onClose} />}
    >
      <table className="mt-table">
        <tbody>
          {details.barcodes.map((one) => (
            <tr key={one.id}>
              <td>{one.code}</td>
              <td>1 {unitName(one.unit, english)}</td>
              <td className="mt-number">
                <Remove endpoint={detailApi.removeBarcode} id={material.id} partId={one.id} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  )
}

function Substitutes({ material, details }: Props) {
  const t = useWords('materials')
  const locale = useLocale()
  return (
    <Part
      title={t('substitutes.title')}
      add={t('substitutes.add')}
      none={t('substitutes.none')}
      empty={details.substitutes.length === 0}
      form={(onClose) => <AddSubstitute material={material} onClose={onClose} />}
    >
      <table className="mt-table">
        <tbody>
          {details.substitutes.map((one) => (
            <tr key={one.id}>
              <td>
                <Link to={`/materials/${one.materialId}`}>{one.code}</Link>
              </td>
              <td>
                {nameIn(locale, one.name, one.nameEn)} {one.specification}{' '}
                {one.retired && <StatusTag tone="neutral">{t('states.retired')}</StatusTag>}
              </td>
              <td>{t(one.bothWays ? 'substitutes.bothWays' : 'substitutes.oneWay')}</td>
              <td>{formatText(one.note)}</td>
              <td className="mt-number">
                <Remove endpoint={detailApi.removeSubstitute} id={material.id} partId={one.id} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  )
}

function EquipmentList({ material, details }: Props) {
  const t = useWords('materials')
  const locale = useLocale()
  const english = locale === 'en-US'
  if (material.kind !== 'sparePart' && details.equipment.length === 0) return null
  return (
    <Part
      title={t('equipment.title')}
      add={t('equipment.add')}
      none={t('equipment.none')}
      empty={details.equipment.length === 0}
      form={(onClose) => <AddEquipment material={material} onClose={onClose} />}
    >
      <table className="mt-table">
        <tbody>
          {details.equipment.map((one) => (
            <tr key={one.id}>
              <td>
                {one.deviceId === null ? (
                  t('equipment.everyOf', { name: nameIn(locale, one.name, one.nameEn) })
                ) : (
                  <Link to={`/devices/${one.deviceId}`}>
                    {nameIn(locale, one.name, one.nameEn)}（{one.code}）
                  </Link>
                )}
              </td>
              <td>{formatText(one.position)}</td>
              <td className="mt-number">
                {formatQuantity(one.quantity)} {unitName(material.baseUnit, english)}
              </td>
              <td className="mt-number">
                <Remove endpoint={detailApi.removeEquipment} id={material.id} partId={one.id} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  )
}

const contentUrl = (id: Material['id'], partId: MaterialDocument['id'], as: 'shown' | 'saved') =>
  apiUrl(detailApi.documentContent, { params: { id, partId }, query: { as } })

function Documents({ material, documents }: { material: Material; documents: MaterialDocument[] }) {
  const t = useWords('materials')
  const images = documents.filter((one) => one.kind === 'image')
  const others = documents.filter((one) => one.kind !== 'image')
  return (
    <Part
      title={t('documents.title')}
      add={t('documents.add')}
      none={t('documents.none')}
      empty={documents.length === 0}
      form={(onClose) => <AddDocument material={material} onClose={onClose} />}
    >
      {images.length > 0 && (
        <div className="mt-images">
          {images.map((one) => (
            <figure key={one.id}>
              <Image src={contentUrl(material.id, one.id, 'shown')} alt={one.name} height={120} />
              <figcaption>
                {one.name} <Remove endpoint={detailApi.removeDocument} id={material.id} partId={one.id} />
              </figcaption>
            </figure>
          ))}
        </div>
      )}
      {others.length > 0 && <DocumentTable material={material} documents={others} />}
    </Part>
  )
}

function DocumentTable({ material, documents }: { material: Material; documents: MaterialDocument[] }) {
  const t = useWords('materials')
  return (
    <table className="mt-table">
      <thead>
        <tr>
          <th>{t('documents.name')}</th>
          <th>{t('documents.kind')}</th>
          <th>{t('documents.revision')}</th>
          <th>{t('documents.effectiveFrom')}</th>
          <th>{t('documents.added')}</th>
          <th aria-label={t('remove')} />
        </tr>
      </thead>
      <tbody>
        {documents.map((one) => (
          <tr key={one.id}>
            <td>
              <a href={contentUrl(material.id, one.id, 'saved')} download={one.fileName}>
                {one.name}
              </a>{' '}
              <span className="ls-quiet">{formatBytes(one.bytes)}</span>
            </td>
            <td data-label={t('documents.kind')}>{t(`documents.kinds.${one.kind}`)}</td>
            <td data-label={t('documents.revision')}>
              {formatText(one.revision)} {one.current && <StatusTag tone="good">{t('documents.current')}</StatusTag>}
            </td>
            <td data-label={t('documents.effectiveFrom')}>{formatText(one.effectiveFrom)}</td>
            <td data-label={t('documents.added')}>
              {formatDateTime(one.addedAt)} {one.addedBy}
            </td>
            <td className="mt-number">
              <Remove endpoint={detailApi.removeDocument} id={material.id} partId={one.id} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
