// Package macenv plays environments in which agents decide at different times, on a server that speaks macenv.v1.
//
//	client, err := macenv.Dial(ctx, "localhost:50051")
//	session, err := client.CreateSession(ctx, "bp-10", macenv.WithSeeds(7))
//	loop := macenv.NewEpisodeLoop(session, macenv.RandomPolicy(rand.New(rand.NewPCG(1, 1))))
//	episodes, err := loop.Play(ctx, 10)
//	fmt.Println(episodes)
//
// The unit of exchange is the decision: [Session.Step] says which macro-actions the pending agents begin, and the
// [Events] that come back say what each agent holds, who has ended, what was earned on which clock, and who decides
// next. A session has lanes, copies of the environment that move independently; one Step serves them all.
//
// # Units and shapes
//
// Times are in ticks, the environment's primitive steps. Rewards are float64 and discounted per tick with
// [Session.Gamma]; gamma^tau is the discount between two rows. Observations and states are float32 in row-major order,
// as [TensorSpec] describes them. Rows, lanes, agents (seats) and macro-actions count from 0.
//
// # Errors
//
// Each error is one of [RequestRefusedError], [AccessDeniedError], [LimitReachedError], [FeatureAbsentError],
// [ServerUnavailableError], [ServerFailureError], [IncompatibleServerError] and [CanceledError]; errors.As tells them
// apart, and finds the [Failure] with code, reason and fields in every one of them. Calls are repeated by themselves
// while the server restarts or a connection is cut; nothing is executed twice.
//
// # Goroutines
//
// A [Client] may be used by several goroutines at once, a [Session] and everything made for it by one at a time;
// [Events] never change.
package macenv

//go:generate go -C tools run ./generate
