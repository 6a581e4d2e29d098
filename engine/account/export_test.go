package account

// SetNames makes s draw display names from f instead of at random.
func (s *Service) SetNames(f func() string) { s.name = f }

// Computations returns how many callers are at work or waiting.
func (s *Service) Computations() int { return len(s.hasher.places) }

// OccupyWorkers takes all places at work until the returned function is called.
func (s *Service) OccupyWorkers() (release func()) {
	for range cap(s.hasher.workers) {
		s.hasher.workers <- struct{}{}
	}
	return func() {
		for range cap(s.hasher.workers) {
			<-s.hasher.workers
		}
	}
}
