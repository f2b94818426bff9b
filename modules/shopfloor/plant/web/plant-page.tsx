import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Notice, Page, Section } from '#ui/page.tsx'
import { useCan, useSession } from '#ui/session.ts'
import type { PlantNode } from '../contract.ts'
import { NodeDetails } from './node-details.tsx'
import { CreateNode } from './node-forms.tsx'
import { PlantTree } from './plant-tree.tsx'
import { plantQueries } from './queries.ts'
import './plant.css'

/** The plant: its tree on the left, the chosen place on the right; both stand in the URL. */
export function Component() {
  const t = useWords('plant')
  const [params, setParams] = useSearchParams()
  const retired = params.get('retired') === '1'
  const query = useQuery(plantQueries.nodes(retired))
  const put = (name: string, value: string | undefined) =>
    setParams((now) => {
      const next = new URLSearchParams(now)
      if (value) next.set(name, value)
      else next.delete(name)
      return next
    })
  return (
    <Page title={t('menu.plant')} subtitle={t('subtitle')}>
      <Loaded query={query}>
        {({ nodes }) =>
          nodes.length === 0 ? (
            <EmptyPlant onCreated={(id) => put('node', id)} />
          ) : (
            <div className="pl-columns">
              <Section
                title={t('tree')}
                extra={
                  <Checkbox checked={retired} onChange={(event) => put('retired', event.target.checked ? '1' : undefined)}>
                    {t('showRetired')}
                  </Checkbox>
                }
              >
                <PlantTree nodes={nodes} selected={chosen(nodes, params.get('node'))?.id} onSelect={(id) => put('node', id)} />
              </Section>
              <Chosen nodes={nodes} node={chosen(nodes, params.get('node'))} onSelect={(id) => put('node', id)} />
            </div>
          )
        }
      </Loaded>
    </Page>
  )
}

/** The place of the URL, else the first site, else the top. */
const chosen = (nodes: readonly PlantNode[], id: string | null): PlantNode | undefined =>
  nodes.find((node) => node.id === id) ?? nodes.find((node) => node.level === 'site') ?? nodes[0]

function Chosen(props: { nodes: PlantNode[]; node: PlantNode | undefined; onSelect: (id: string) => void }) {
  return props.node ? (
    <div className="pl-details">
      <NodeDetails key={props.node.id} nodes={props.nodes} node={props.node} onSelect={props.onSelect} />
    </div>
  ) : null
}

function EmptyPlant({ onCreated }: { onCreated: (id: string) => void }) {
  const t = useWords('plant')
  const canManage = useCan('plant.manage')
  const { organisation } = useSession()
  const [creating, setCreating] = useState(false)
  return (
    <>
      <Notice
        kind="info"
        title={t('emptyTitle')}
        text={t(canManage ? 'emptyText' : 'emptyTextReader')}
        action={
          canManage && (
            <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setCreating(true)}>
              {t('createEnterprise')}
            </Button>
          )
        }
      />
      {creating && (
        <CreateNode
          parent={null}
          open
          suggestion={{ code: 'HQ', name: organisation.name, nameEn: organisation.nameEn }}
          onClose={() => setCreating(false)}
          onCreated={onCreated}
        />
      )}
    </>
  )
}
