from copydesk.lessons.lesson import Lesson
from copydesk.story.edition import Edition
def lite_pages(lessons, edition):
    return {"index.html": b"<script id='jupyter-config-data' type='application/json' data-jupyter-lite-root='.'>{}</script><a href='lab/index.html?path=00_start_here.ipynb'>x</a>"}
