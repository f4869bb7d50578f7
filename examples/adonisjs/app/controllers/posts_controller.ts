import { Exception } from '@adonisjs/core/exceptions'
import type { HttpContext } from '@adonisjs/core/http'
import BaseController from '#controllers/base_controller'

interface Post {
  id: number
  title: string
}

const posts: Post[] = [
  { id: 1, title: 'Night trains return' },
  { id: 2, title: 'A bakery reopens' },
]

export default class PostsController extends BaseController {
  index() {
    return { edition: 'Morning', ...this.list('post', posts) }
  }

  show({ params }: HttpContext) {
    const post = posts.find(({ id }) => id === Number(params.id))
    if (!post) {
      throw new Exception(`No post has the id ${params.id}`, { status: 404, code: 'E_POST_NOT_FOUND' })
    }
    return { edition: 'Morning', post }
  }

  store({ request, response }: HttpContext) {
    const post = { id: posts.length + 1, title: String(request.input('title', 'Untitled')) }
    posts.push(post)
    response.created({ post })
  }
}
