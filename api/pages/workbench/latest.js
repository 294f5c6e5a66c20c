/**
 * One at a time, and of what is asked meanwhile only the last: no answer of an earlier question comes after a later one.
 *
 * `work` gets what was asked, and a function that says whether it is still wanted.
 */
export function latest(work, wait = 0) {
  let timer = 0;
  let isRunning = false;
  let wanted = null;

  async function next() {
    if (isRunning || wanted === null) return;
    isRunning = true;
    const [asked] = wanted;
    wanted = null;
    try {
      await work(asked, () => wanted === null);
    } finally {
      isRunning = false;
      next();
    }
  }

  return (asked) => {
    wanted = [asked];
    clearTimeout(timer);
    timer = setTimeout(next, wait);
  };
}
