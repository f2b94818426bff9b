import { PlusOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { formatDateTime } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Section, StatusTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { type PlantNode, plantApi } from '../contract.ts'
import { allowedBelow } from '../levels.ts'
import { CreateNode, MoveNode, RenameNode, RetireNode } from './node-forms.tsx'
import { SiteSettings } from './site-settings.tsx'
import { pathOf } from './tree-data.ts'

type Doing = 'create' | 'rename' | 'move' | 'retire'

export function NodeDetails({ nodes, node, onSelect }: { nodes: PlantNode[]; node: PlantNode; onSelect: (id: string) => void }) {
  const t = useWords('plant')
  const locale = useLocale()
  const [doing, setDoing] = useState<Doing>()
  const path = pathOf(nodes, node.id)
  const parent = path.at(-2)
  const close = () => setDoing(undefined)
  return (
    <>
      <Section
        title={
          <>
            {nameIn(locale, node.name, node.nameEn)}{' '}
            {node.retiredAt ? <StatusTag tone="neutral">{t('retired')}</StatusTag> : <StatusTag tone="good">{t('inUse')}</StatusTag>}
          </>
        }
        extra={<Actions node={node} onDo={setDoing} />}
      >
        <DetailGrid
          items={[
            { label: t('level'), value: t(`levels.${node.level}`) },
            { label: t('code'), value: node.code },
            { label: t('nameEn'), value: node.nameEn },
            parent && {
              label: t('stands'),
              value: (
                <button type="button" className="ls-link" onClick={() => onSelect(parent.id)}>
                  {path
                    .slice(0, -1)
                    .map((p) => nameIn(locale, p.name, p.nameEn))
                    .join(' / ')}
                </button>
              ),
              wide: path.length > 3,
            },
            node.retiredAt !== null && { label: t('retiredAt'), value: formatDateTime(node.retiredAt) },
          ]}
        />
      </Section>
      {node.level === 'site' && <SiteSettings siteId={node.id} readOnly={node.retiredAt !== null} />}
      {node.level !== 'enterprise' && <Panels slot="plant.node" props={{ nodeId: node.id }} />}
      <Panels slot="record" props={{ entity: 'plant.node', recordId: node.id }} />
      {doing === 'create' && <CreateNode parent={node} open onClose={close} onCreated={onSelect} />}
      {doing === 'rename' && <RenameNode node={node} open onClose={close} />}
      {doing === 'move' && <MoveNode node={node} nodes={nodes} open onClose={close} />}
      {doing === 'retire' && <RetireNode node={node} nodes={nodes} open onClose={close} />}
    </>
  )
}

function Actions({ node, onDo }: { node: PlantNode; onDo: (doing: Doing) => void }) {
  const t = useWords('plant')
  const canManage = useCan('plant.manage')
  if (!canManage) return null
  if (node.retiredAt) return <RestoreButton node={node} />
  return (
    <>
      {allowedBelow(node.level).length > 0 && (
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => onDo('create')}>
          {t('addBelow')}
        </Button>
      )}
      <Button onClick={() => onDo('rename')}>{t('rename')}</Button>
      {node.level !== 'enterprise' && node.level !== 'site' && <Button onClick={() => onDo('move')}>{t('move')}</Button>}
      <Button danger onClick={() => onDo('retire')}>
        {t('retire')}
      </Button>
    </>
  )
}

function RestoreButton({ node }: { node: PlantNode }) {
  const t = useWords('plant')
  const client = useQueryClient()
  const { message } = App.useApp()
  const [running, setRunning] = useState(false)
  const restore = async () => {
    setRunning(true)
    try {
      await call(plantApi.restoreNode, { params: { id: node.id }, body: { version: node.version } })
      void message.success(t('restored', { name: node.name }))
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      setRunning(false)
      await client.invalidateQueries({ queryKey: ['plant'] })
    }
  }
  return (
    <Button loading={running} onClick={() => void restore()}>
      {t('restore')}
    </Button>
  )
}
