import { CheckSquareOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Badge, Button } from 'antd'
import { useNavigate } from 'react-router'
import { useWords } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import { collaborationQueries } from './queries.ts'

/** In the header of every page: how much waits. */
export function Component() {
  return useCan('collaboration.read') ? <TodoButton /> : null
}

function TodoButton() {
  const t = useWords('collaboration')
  const navigate = useNavigate()
  const { data: total = 0 } = useQuery(collaborationQueries.todoCount)
  return (
    <Button
      type="text"
      aria-label={total > 0 ? t('todos.bell', { n: total }) : t('todos.none')}
      icon={
        <Badge count={total} size="small" overflowCount={99}>
          <CheckSquareOutlined aria-hidden />
        </Badge>
      }
      onClick={() => void navigate('/todos')}
    />
  )
}
